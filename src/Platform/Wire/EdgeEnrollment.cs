using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to an edge's enrolment or renewal.</summary>
public sealed record EdgeEnrollment
{
    public const string TypeName = "edge_enrollment";

    [JsonPropertyName("type")]
    public string Type { get; init; } = TypeName;

    /// <summary>The edge's id, <c>edge_…</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("spiffe_id")]
    public required string SpiffeId { get; init; }

    [JsonPropertyName("certificate")]
    public required CertificateDocument Certificate { get; init; }

    [JsonPropertyName("platform_bundle")]
    public required BundleDocument PlatformBundle { get; init; }

    /// <summary>Base URL of the mTLS API for this certificate.</summary>
    [JsonPropertyName("machine_url")]
    public required string MachineUrl { get; init; }

    [JsonPropertyName("trust_domain")]
    public required string TrustDomain { get; init; }
}
