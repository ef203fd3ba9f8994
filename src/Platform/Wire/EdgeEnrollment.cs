namespace Culvert.Platform.Wire;

/// <summary>Answer to an edge's enrolment or renewal.</summary>
public sealed record EdgeEnrollment
{
    public const string TypeName = "edge_enrollment";

    public string Type { get; init; } = TypeName;

    /// <summary>The edge's id, <c>edge_…</c>.</summary>
    public required string Id { get; init; }

    public required string SpiffeId { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Base URL of the mTLS API for this certificate.</summary>
    public required string MachineUrl { get; init; }

    public required string TrustDomain { get; init; }
}
