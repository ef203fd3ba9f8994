using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>Body of <c>POST /v1/tunnels/{id}/certificates</c>.</summary>
internal sealed record AddProviderCertificate
{
    [JsonPropertyName("ca_certificate_pem")]
    public required string Pem { get; init; }
}
