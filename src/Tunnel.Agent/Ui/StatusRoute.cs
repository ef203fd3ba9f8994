namespace Culvert.Tunnel.Agent.Ui;

/// <param name="IsHealthy">Null before the first probe, or without one.</param>
internal sealed record StatusRoute(string Hostname, string Upstream, string Oauth, bool? IsHealthy, string Detail);
