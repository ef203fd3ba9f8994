using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>What clients of the tunnel trust for inner TLS.</summary>
internal sealed record TrustBundleDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "trust_bundle";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("epoch")]
    public required long Epoch { get; init; }

    [JsonPropertyName("pem")]
    public required string Pem { get; init; }
}
