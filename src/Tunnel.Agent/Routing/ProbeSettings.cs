namespace Culvert.Tunnel.Agent.Routing;

/// <summary>How an upstream's health is probed, every <paramref name="Interval"/>.</summary>
internal sealed record ProbeSettings(ProbeKind Kind, TimeSpan Interval, TimeSpan Timeout)
{
    /// <summary>The path of <see cref="ProbeKind.Mcp"/> calls.</summary>
    public string Path { get; init; } = "/mcp";
}
