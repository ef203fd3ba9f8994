using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>GET /v1/platform_ca</c>: to be compared with a pinned fingerprint (S7).</summary>
public sealed record PlatformCaDocument
{
    public const string TypeName = "platform_ca";

    [JsonPropertyName("type")]
    public string Type { get; init; } = TypeName;

    [JsonPropertyName("trust_domain")]
    public required string TrustDomain { get; init; }

    [JsonPropertyName("certificate_pem")]
    public required string CertificatePem { get; init; }

    /// <summary>Lower-case hex SHA-256 of the certificate's DER.</summary>
    [JsonPropertyName("sha256")]
    public required string Sha256 { get; init; }
}
