using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The parts of the agent that all tunnels of other providers share.</summary>
internal sealed record LongPollParts
{
    public required IHttpApplication<Exchange> Application { get; init; }

    public required RouteMap Routes { get; init; }

    public required NetworkSource Network { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required LongPollMetrics Metrics { get; init; }

    /// <summary>Why the agent must not accept commands now; null while it may.</summary>
    public Func<string?> FindClosure { get; init; } = () => null;

    /// <summary>Whether the agent's own certificate was withdrawn: running calls must end too (S10).</summary>
    public Func<bool> IsWithdrawn { get; init; } = () => false;

    /// <summary>Whether a route's upstream has responded to its probe, or is not probed.</summary>
    public Func<string, bool> IsUp { get; init; } = _ => true;
}
