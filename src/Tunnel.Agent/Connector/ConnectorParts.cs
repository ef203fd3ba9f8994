using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The parts of the agent that all tunnels behind a provider's connector share.</summary>
internal sealed record ConnectorParts
{
    /// <summary>
    /// Creates the handler of requests to the routes of a map. All other tunnels use the same handler.
    /// </summary>
    public required Func<RouteMap, IHttpApplication<Exchange>> CreateApplication { get; init; }

    /// <summary>Certificates that the service issued, for tunnels whose settings name no certificate file.</summary>
    public required NamedLeaves Issued { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required ConnectorMetrics Metrics { get; init; }

    /// <summary>Returns the reason why the agent must not serve now; null while it may.</summary>
    public Func<string?> FindClosure { get; init; } = () => null;

    /// <summary>
    /// Returns the reason why the last request for a domain's certificate failed; null if it succeeded.
    /// </summary>
    public Func<string, string?> FindIssueFailure { get; init; } = _ => null;

    /// <summary>
    /// Whether the agent's own certificate was withdrawn. If so, running calls must be aborted too (S10).
    /// </summary>
    public Func<bool> IsWithdrawn { get; init; } = () => false;
}
