namespace Culvert.Platform.Wire;

/// <summary>
/// What the answers to enrolments and renewals of agents and edges have in common. A machine reads and stores only these
/// members.
/// </summary>
public record MachineEnrollment
{
    /// <summary>The agent's enrolment, <c>agt_…</c>, or the edge's id, <c>edge_…</c>.</summary>
    public virtual required string Id { get; init; }

    public required string SpiffeId { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Base URL of the mTLS API for this certificate.</summary>
    public required string MachineUrl { get; init; }

    public required string TrustDomain { get; init; }
}
