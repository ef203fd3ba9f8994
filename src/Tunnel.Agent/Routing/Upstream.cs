using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// What answers a route's requests: an HTTP server, a program that this agent runs, or a server inside the agent. It is
/// made from its settings alone and ends, with everything it holds, when it is disposed.
/// </summary>
internal abstract class Upstream : IAsyncDisposable
{
    private string? address;

    public abstract UpstreamSettings Settings { get; }

    /// <summary>What is behind the route, for people: <see cref="UpstreamSettings.Address"/>.</summary>
    public string Address => address ??= Settings.Address;

    /// <summary>Held by every exchange from its first access to the route to its end.</summary>
    public RouteUse Use { get; } = new();

    public UpstreamTimeouts Timeouts => Settings.Timeouts;

    public long? MaxRequestBytes => Settings.MaxRequestBytes;

    /// <summary>Answers one request that may pass: by the upstream's word, or by a refusal of the agent's own.</summary>
    /// <param name="exchange">The request and its answer.</param>
    /// <param name="route">The upstream's route.</param>
    /// <param name="host">The host that the client requested.</param>
    public abstract Task ServeAsync(Exchange exchange, Route route, string host);

    /// <summary>Tries whether a call would work now.</summary>
    /// <param name="route">The upstream's route, whose own credential a call would carry.</param>
    /// <param name="cancellationToken">Bounds the attempt.</param>
    public abstract Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken);

    /// <summary>
    /// Checks between probes, at little cost, whether the upstream is reachable at all; a probe judges what is wrong.
    /// </summary>
    /// <param name="cancellationToken">Bounds the look.</param>
    /// <exception cref="UpstreamException">The upstream is not reachable.</exception>
    public virtual Task ReachAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins a conversation of the agent's own with the MCP server.</summary>
    /// <param name="route">The upstream's route, whose own credential is used.</param>
    /// <param name="isModern">In the revision without sessions; else in the one before.</param>
    /// <param name="cancellationToken">Bounds the wait.</param>
    /// <exception cref="CrawlException">The server does not respond, or not in this era.</exception>
    public virtual Task<IServerSession> OpenSessionAsync(
        Route route,
        bool isModern,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <summary>
    /// Tells the upstream that its request to the client will not be answered, since the policy does not pass it on; else
    /// it would wait. Returns at once.
    /// </summary>
    /// <param name="exchange">In whose answer it asked.</param>
    /// <param name="route">The upstream's route.</param>
    /// <param name="id">Of the request, as it was written.</param>
    public virtual void RefuseServerRequest(Exchange exchange, Route route, ReadOnlyMemory<byte> id)
    {
        // It asks nothing.
    }

    /// <summary>Serves those that are inside to their end, for the limit at most, and ends with them.</summary>
    public async Task RetireAsync(TimeSpan limit, TimeProvider time)
    {
        await Use.RetireAsync(limit, time);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Use.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back all that the upstream holds.</summary>
    protected abstract ValueTask EndAsync();
}
