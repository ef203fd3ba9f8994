using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The tunnels of other providers behind whose connector the agent listens.</summary>
internal sealed class ConnectorTunnels(ConnectorParts parts, IReadOnlyList<ConnectorSettings> initial)
    : ProviderTunnels<ConnectorSettings, ConnectorTunnel>(initial)
{
    private volatile ConnectorRoutes routes = ConnectorRoutes.None;

    /// <summary>Of each tunnel of the file.</summary>
    public IReadOnlyList<ConnectorStatus> Status => [.. Serving.Select(t => t.Status)];

    /// <summary>Puts other routes in force.</summary>
    /// <param name="isActive">Whether the agent's own tunnel is neither paused nor archived.</param>
    /// <param name="next">All routes of the agent.</param>
    public void Apply(bool isActive, IReadOnlyList<Route> next)
    {
        routes = new ConnectorRoutes(isActive, next);
        foreach (var tunnel in Serving)
        {
            tunnel.Apply(routes);
        }
    }

    protected override ConnectorTunnel Create(ConnectorSettings settings)
    {
        var tunnel = new ConnectorTunnel(settings, parts);
        tunnel.Apply(routes);
        return tunnel;
    }

    protected override void DisposeShared() => parts.Metrics.Dispose();
}
