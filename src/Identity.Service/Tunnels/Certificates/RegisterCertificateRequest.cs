using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisterCertificateRequest
{
    [JsonPropertyName("ca_certificate_pem")]
    public required string CaCertificatePem { get; init; }
}
