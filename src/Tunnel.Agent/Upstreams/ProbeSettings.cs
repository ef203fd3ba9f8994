namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>How an upstream's health is found out: by a TCP connect every <paramref name="Interval"/>, or not at all.</summary>
internal sealed record ProbeSettings(bool Enabled, TimeSpan Interval, TimeSpan Timeout);
