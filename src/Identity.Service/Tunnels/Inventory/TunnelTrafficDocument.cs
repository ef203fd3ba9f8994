using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record TunnelTrafficDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel_traffic";

    /// <summary>The beginning of the first minute.</summary>
    [JsonPropertyName("from")]
    public required DateTime From { get; init; }

    /// <summary>How many, the current one included, which is the last. Agents report each minute after it has ended.</summary>
    [JsonPropertyName("minutes")]
    public required int Minutes { get; init; }

    /// <summary>In order. Minutes without a call are left out.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<TunnelMinute> Data { get; init; }
}
