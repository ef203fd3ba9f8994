using Culvert.Platform.Mcp;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Serves a route's requests: an HTTP server, a program that this agent runs, or a server inside the agent. It is created
/// from its settings only, and releases all its resources when it is disposed of.
/// </summary>
internal abstract class Upstream : IAsyncDisposable
{
    private string? address;

    public abstract UpstreamSettings Settings { get; }

    /// <summary>The server for people: <see cref="UpstreamSettings.Address"/>.</summary>
    public string Address => address ??= Settings.Address;

    /// <summary>Every exchange holds it from its first access to the route until its end.</summary>
    public RouteUse Use { get; } = new();

    /// <summary>The agent's client certificate for connections to it; null for none.</summary>
    public virtual ClientCertificate? ClientCertificate => null;

    public UpstreamTimeouts Timeouts => Settings.Timeouts;

    public long? MaxRequestBytes => Settings.MaxRequestBytes;

    /// <summary>Serves a request that may pass: with the upstream's response, or with a refusal of the agent.</summary>
    public abstract Task ServeAsync(Exchange exchange, Route route, string host);

    /// <summary>Tests whether a call would succeed now.</summary>
    public abstract Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken);

    /// <exception cref="UpstreamException">The upstream is not reachable.</exception>
    public virtual Task ReachAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Acquires a connection for the agent's own sessions; false if all are in use. Pair with <see cref="ReleaseSession"/>.
    /// </summary>
    public virtual bool TryEnterSession() => true;

    public virtual void ReleaseSession()
    {
        // By default no connection is acquired.
    }

    /// <summary>Opens a session of the agent's own with the MCP server, within <see cref="TryEnterSession"/>.</summary>
    /// <param name="isModern">True: in the revision without sessions.</param>
    /// <exception cref="CrawlException">The server cannot be reached.</exception>
    public virtual Task<McpSession> OpenSessionAsync(Route route, bool isModern, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Fails a request of the upstream to the client that the policy does not pass on. Returns at once.</summary>
    public virtual void RefuseServerRequest(Exchange exchange, Route route, ReadOnlyMemory<byte> id)
    {
        // By default an upstream sends no requests.
    }

    /// <summary>Serves the present exchanges, for the limit at most, and then releases all resources.</summary>
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

    protected abstract ValueTask EndAsync();
}
