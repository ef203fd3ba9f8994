namespace Culvert.Tunnel.Agent.Ui;

/// <summary>A route on the status page.</summary>
/// <param name="Hostname">Under which clients call it.</param>
/// <param name="Upstream">Where it leads.</param>
/// <param name="Oauth">Who checks callers.</param>
/// <param name="IsHealthy">Null before the first probe, or without one.</param>
/// <param name="Detail">Why it is not healthy.</param>
internal sealed record StatusRoute(string Hostname, string Upstream, string Oauth, bool? IsHealthy, string Detail);
