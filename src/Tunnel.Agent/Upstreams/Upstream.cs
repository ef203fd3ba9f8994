using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// What answers a route's requests: an HTTP server, a program that this agent runs, or a server inside the agent. It is
/// made from its settings alone and ends, with everything it holds, when it is disposed.
/// </summary>
internal abstract class Upstream : IAsyncDisposable
{
    public abstract UpstreamSettings Settings { get; }

    public UpstreamTimeouts Timeouts => Settings.Timeouts;

    public long? MaxRequestBytes => Settings.MaxRequestBytes;

    /// <summary>Answers one request that may pass: by the upstream's word, or by a refusal of the agent's own.</summary>
    /// <param name="exchange">The request and its answer.</param>
    /// <param name="route">The upstream's route.</param>
    /// <param name="host">The host that the client asked for.</param>
    public abstract Task ServeAsync(Exchange exchange, Route route, string host);

    /// <summary>Tries whether a call would work now.</summary>
    /// <param name="route">The upstream's route, whose own credential a call would carry.</param>
    /// <param name="cancellationToken">Bounds the attempt.</param>
    public abstract Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
