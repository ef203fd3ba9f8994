using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>The only answer that contains a tunnel token.</summary>
internal sealed record TunnelTokenDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel_token";

    [JsonPropertyName("tunnel_token")]
    public required string TunnelToken { get; init; }

    public override string ToString() => Id;
}
