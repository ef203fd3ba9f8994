using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The parts of the agent that all tunnels behind a provider's connector share.</summary>
internal sealed record ConnectorParts
{
    /// <summary>Creates the handler for requests to the routes of a map, the same as for all other tunnels.</summary>
    public required Func<RouteMap, IHttpApplication<Exchange>> CreateApplication { get; init; }

    /// <summary>Certificates issued by the service, for tunnels without files.</summary>
    public required NamedLeaves Issued { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required ConnectorMetrics Metrics { get; init; }

    /// <summary>Why the agent must not serve now; null while it may.</summary>
    public Func<string?> FindClosure { get; init; } = () => null;

    /// <summary>Why the service issued no newer certificate for a domain; null after a success.</summary>
    public Func<string, string?> FindIssueFailure { get; init; } = _ => null;

    /// <summary>Whether the agent's own certificate was withdrawn: running calls must end too (S10).</summary>
    public Func<bool> IsWithdrawn { get; init; } = () => false;
}
