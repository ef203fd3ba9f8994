namespace Culvert.Tunnel.Agent.Routing;

/// <summary>How an upstream's health is found out, every <paramref name="Interval"/>.</summary>
internal sealed record ProbeSettings(ProbeKind Kind, TimeSpan Interval, TimeSpan Timeout)
{
    /// <summary>Where <see cref="ProbeKind.Mcp"/> calls.</summary>
    public string Path { get; init; } = "/mcp";
}
