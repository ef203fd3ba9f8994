using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The agent's tunnels behind the connectors of other providers.</summary>
internal sealed class ConnectorTunnels(ConnectorParts parts, IReadOnlyList<ConnectorSettings> initial)
    : ProviderTunnels<ConnectorSettings, ConnectorTunnel>(initial)
{
    private volatile ConnectorRoutes routes = ConnectorRoutes.None;

    public IReadOnlyList<ConnectorStatus> Status => [.. Serving.Select(t => t.Status)];

    /// <summary>Applies new routes to all running tunnels, and to those that start later.</summary>
    /// <param name="isActive">Whether the agent's own tunnel is neither paused nor archived.</param>
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

/// <summary>The routes that the tunnels select theirs from.</summary>
/// <param name="IsActive">Whether the agent's own tunnel is neither paused nor archived.</param>
/// <param name="All">All routes of the agent, in the order of its file.</param>
internal sealed record ConnectorRoutes(bool IsActive, IReadOnlyList<Route> All)
{
    /// <summary>The routes before the first feed.</summary>
    public static readonly ConnectorRoutes None = new(false, []);
}
