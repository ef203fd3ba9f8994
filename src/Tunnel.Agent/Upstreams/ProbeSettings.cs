namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>How an upstream's health is found out, every <paramref name="Interval"/>.</summary>
internal sealed record ProbeSettings(ProbeKind Kind, TimeSpan Interval, TimeSpan Timeout);
