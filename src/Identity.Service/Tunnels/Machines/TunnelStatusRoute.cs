using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed record TunnelStatusRoute
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("agents")]
    public required int Agents { get; init; }

    /// <summary>Whether any of them has a healthy upstream for it; null = none of them knows.</summary>
    [JsonPropertyName("upstream_healthy")]
    public required bool? UpstreamHealthy { get; init; }

    /// <summary>Why it is unhealthy, for an operator; empty when it is healthy.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }
}
