using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>GET /v1/platform_ca</c>: to be compared with a pinned fingerprint (S7).</summary>
/// <param name="Sha256">Lower-case hex SHA-256 of the certificate's DER.</param>
public sealed record PlatformCaDocument(string TrustDomain, string CertificatePem, string Sha256)
{
    public const string TypeName = "platform_ca";

    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = TypeName;
}
