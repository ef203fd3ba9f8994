using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <param name="IsActive">Whether the agent's own tunnel is neither paused nor archived.</param>
/// <param name="All">In the order of the file.</param>
internal sealed record ConnectorRoutes(bool IsActive, IReadOnlyList<Route> All)
{
    /// <summary>The routes before the first feed.</summary>
    public static readonly ConnectorRoutes None = new(false, []);
}
