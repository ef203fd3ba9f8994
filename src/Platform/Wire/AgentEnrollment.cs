namespace Culvert.Platform.Wire;

/// <summary>Answer to an agent's enrolment or renewal.</summary>
public sealed record AgentEnrollment
{
    public const string TypeName = "agent_enrollment";

    public string Type { get; init; } = TypeName;

    /// <summary>The enrolment, <c>agt_…</c>; unchanged by renewals.</summary>
    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }

    public required string SpiffeId { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Base URL of the mTLS API for this certificate.</summary>
    public required string MachineUrl { get; init; }

    public required string TrustDomain { get; init; }
}
