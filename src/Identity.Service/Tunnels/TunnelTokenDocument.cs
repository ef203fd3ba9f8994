using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>The only answer that contains a tunnel token.</summary>
internal sealed record TunnelTokenDocument([property: JsonPropertyOrder(-2)] string Id, string TunnelToken)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_token";

    public override string ToString() => Id;
}
