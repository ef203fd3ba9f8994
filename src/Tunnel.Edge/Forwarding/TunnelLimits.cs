using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>What one tunnel may use of an edge: <c>tunnel_defaults</c>.</summary>
/// <param name="MaxConnections">Client connections at once.</param>
/// <param name="NewConnections">New client connections.</param>
internal sealed record TunnelLimits(int MaxConnections, Rate NewConnections);
