namespace Culvert.Tunnel.Agent.Ui;

/// <summary>A route on the status page.</summary>
/// <param name="Hostname">The hostname for clients.</param>
/// <param name="Upstream">The address of the upstream.</param>
/// <param name="Oauth">The mode of authentication.</param>
/// <param name="IsHealthy">Null before the first probe, or without one.</param>
/// <param name="Detail">Why it is unhealthy.</param>
internal sealed record StatusRoute(string Hostname, string Upstream, string Oauth, bool? IsHealthy, string Detail);
