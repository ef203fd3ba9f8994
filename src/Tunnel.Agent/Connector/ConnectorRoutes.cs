using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The routes of the agent at one moment.</summary>
/// <param name="IsActive">Whether the agent's own tunnel is neither paused nor archived.</param>
/// <param name="All">Each of them, in the order of the file.</param>
internal sealed record ConnectorRoutes(bool IsActive, IReadOnlyList<Route> All)
{
    /// <summary>Before the first feed.</summary>
    public static readonly ConnectorRoutes None = new(false, []);
}
