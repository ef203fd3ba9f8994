using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Credentials;

/// <summary>The machine's current identity. Immutable; after a renewal, dial new outer connections (S10).</summary>
public sealed record MachineIdentity
{
    /// <summary>The platform certificate and its key: for the outer TLS of agent and edge, and for 8444.</summary>
    public required KeyAndCertificate Credential { get; init; }

    /// <summary>The certificate as the service described it.</summary>
    public required CertificateDocument Document { get; init; }

    public required SpiffeId SpiffeId { get; init; }

    /// <summary>The agent's enrolment (<c>agt_…</c>) or the edge's id.</summary>
    public required string EnrolmentId { get; init; }

    public required Uri MachineUrl { get; init; }
}
