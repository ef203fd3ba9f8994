using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityCsrDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("csr_pem")]
    public required string CsrPem { get; init; }
}
