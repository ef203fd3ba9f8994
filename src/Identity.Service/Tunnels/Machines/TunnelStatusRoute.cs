namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>A route as the agents that are connected to an edge see it.</summary>
internal sealed record TunnelStatusRoute
{
    public required string Name { get; init; }

    /// <summary>Connected agents that have the route.</summary>
    public required int Agents { get; init; }

    /// <summary>Whether any of them has a healthy upstream for it; null = none of them knows.</summary>
    public required bool? UpstreamHealthy { get; init; }

    /// <summary>Why it is unhealthy, for an operator; empty when it is healthy.</summary>
    public required string Detail { get; init; }
}
