using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>What every tunnel of another provider uses of the agent.</summary>
internal sealed record LongPollParts
{
    /// <summary>Handles requests, whichever tunnel they come from.</summary>
    public required IHttpApplication<Exchange> Application { get; init; }

    /// <summary>The routes in service.</summary>
    public required RouteMap Routes { get; init; }

    /// <summary>How a control plane is reached.</summary>
    public required NetworkSource Network { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required LongPollMetrics Metrics { get; init; }

    /// <summary>Why the agent may not take commands now; null while it may.</summary>
    public Func<string?> FindClosure { get; init; } = () => null;

    /// <summary>Whether the agent's own certificate was withdrawn: calls under way must end too (S10).</summary>
    public Func<bool> IsWithdrawn { get; init; } = () => false;

    /// <summary>Whether a route's upstream has responded to its probe, or is not probed.</summary>
    public Func<string, bool> IsUp { get; init; } = _ => true;
}
