using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The routes of the agent at one moment.</summary>
/// <param name="IsActive">Whether the agent's own tunnel is neither paused nor archived.</param>
/// <param name="All">All routes, in the order of the file.</param>
internal sealed record ConnectorRoutes(bool IsActive, IReadOnlyList<Route> All)
{
    /// <summary>The routes before the first feed.</summary>
    public static readonly ConnectorRoutes None = new(false, []);
}
