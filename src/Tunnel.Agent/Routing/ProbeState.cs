namespace Culvert.Tunnel.Agent.Routing;

/// <summary>What a probe found; <paramref name="IsHealthy"/> is null while nothing is known.</summary>
internal sealed record ProbeState(bool? IsHealthy, string Detail);
