using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record ConfirmCertificateRequest
{
    /// <summary>SHA-256 of the certificate, as the confirming person got it by another way.</summary>
    [JsonPropertyName("fingerprint")]
    public required string Fingerprint { get; init; }
}
