namespace Culvert.Tunnel.Agent.Routing;

/// <summary>What a probe found; <paramref name="IsHealthy"/> is null while nothing is known.</summary>
internal sealed record ProbeState(bool? IsHealthy, string Detail)
{
    /// <summary>Whether the server opened a session for the probe; null while nothing is known.</summary>
    public bool? KeepsSessions { get; init; }
}
