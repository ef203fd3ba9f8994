namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>A route as the agents that are connected to an edge see it.</summary>
/// <param name="Agents">Connected agents that have the route.</param>
/// <param name="UpstreamHealthy">Whether any of them has a healthy upstream for it; null = none of them knows.</param>
/// <param name="Detail">Why it is unhealthy, for an operator; empty when it is healthy.</param>
internal sealed record TunnelStatusRoute(string Name, int Agents, bool? UpstreamHealthy, string Detail);
