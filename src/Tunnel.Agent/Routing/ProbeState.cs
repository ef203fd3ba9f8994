namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The result of a probe; <paramref name="IsHealthy"/> is null while it is unknown.</summary>
internal sealed record ProbeState(bool? IsHealthy, string Detail)
{
    /// <summary>Whether the server opened a session for the probe; null while it is unknown.</summary>
    public bool? KeepsSessions { get; init; }
}
