using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>What clients of the tunnel trust for inner TLS.</summary>
internal sealed record TrustBundleDocument(string TunnelId, long Epoch, string Pem)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "trust_bundle";
}
