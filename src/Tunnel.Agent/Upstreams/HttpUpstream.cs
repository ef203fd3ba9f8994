using System.Text;
using Culvert.Platform.Mcp;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Addresses;
using Culvert.Tunnel.Agent.Upstreams.Cookies;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>The HTTP client of one route, with its own connection pool and limits. It changes nothing that passes.</summary>
internal sealed class HttpUpstream : Upstream
{
    // Many servers close idle connections after 5 s (Node, uvicorn), and a busy server may close a connection with a
    // new call unread in it. That call must not be sent again (RFC 9110 §9.2.2), so a connection is reused only long
    // before that.
    internal static readonly TimeSpan PooledIdle = TimeSpan.FromSeconds(2);

    // A new connection is opened after this time, so that a changed address or verdict takes effect under load.
    private static readonly TimeSpan PooledLife = TimeSpan.FromMinutes(10);

    /// <summary>The most concurrent answers to requests of the server. Further requests get no answer.</summary>
    internal const int MaxRefusals = 8;

    private static readonly UriCreationOptions AsWritten = new()
    {
        DangerousDisablePathAndQueryCanonicalization = true,
    };

    private readonly HttpUpstreamSettings settings;
    private readonly Forwarder forwarder;
    private readonly HttpMessageInvoker client;
    private readonly string origin;
    private readonly ServerProbe probe;
    private readonly ConcurrencyLimit concurrency;
    private int refusals;

    public HttpUpstream(HttpUpstreamSettings settings, UpstreamConnector connector, Forwarder forwarder)
    {
        this.settings = settings;
        this.forwarder = forwarder;
        Connector = connector;
        concurrency = new ConcurrencyLimit(settings.MaxConnections);

        // TLS belongs to the connector: the HTTP client would take the certificate's name from the Host field.
        origin = $"http://{HttpUpstreamSettings.Bracketed(settings.Host)}:{settings.Port}";
        Addresses = new UpstreamAddresses(settings);
        Cookies = new SessionCookies(forwarder.Time);
        probe = new ServerProbe(this, modernFirst: true);
        client = new HttpMessageInvoker(CreateHandler(settings, connector));
    }

    public override HttpUpstreamSettings Settings => settings;

    public UpstreamConnector Connector { get; }

    public override ClientCertificate? ClientCertificate => Connector.Certificate;

    public string HostHeader => settings.HostHeader;

    public TimeProvider Time => forwarder.Time;

    public UpstreamAddresses Addresses { get; }

    public SessionCookies Cookies { get; }

    /// <summary>The cookie handling on that route, with <c>Automatic</c> resolved.</summary>
    public CookieHandling GetCookieHandling(RouteAccess access) =>
        settings.Cookies != CookieHandling.Automatic ? settings.Cookies
        : access.IsPassthrough ? CookieHandling.Pass
        : CookieHandling.Keep;

    public override Task ServeAsync(Exchange exchange, Route route, string host) =>
        forwarder.ForwardAsync(exchange, route, this, host);

    public override async Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken)
    {
        if (settings.Probe.Kind == ProbeKind.Mcp)
        {
            return await probe.RunAsync(route, cancellationToken);
        }

        await using var connection = await Connector.ConnectAsync(cancellationToken);
        return new ProbeState(true, "");
    }

    public override bool TryEnterSession() => TryEnter(OwnRequests.Client);

    public override void ReleaseSession() => Release(OwnRequests.Client);

    public override Task<McpSession> OpenSessionAsync(
        Route route,
        bool isModern,
        CancellationToken cancellationToken
    ) => Task.FromResult(OwnRequests.CreateSession(this, route, isModern));

    public override async Task ReachAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connector.ConnectAsync(cancellationToken);
    }

    public override void RefuseServerRequest(Exchange exchange, Route route, ReadOnlyMemory<byte> id) =>
        _ = forwarder.ServerRequests.RefuseAsync(exchange, route, this, id);

    /// <summary>
    /// False if all connections, or all of this client's share, are in use. Pair with <see cref="Release"/>.
    /// </summary>
    public bool TryEnter(ClientKey client) => concurrency.TryEnter(client);

    public void Release(ClientKey client) => concurrency.Release(client);

    /// <summary>
    /// Acquires a connection for an answer to a server's request, and keeps the upstream open; false if the limit is
    /// reached. Call it from within an exchange. Pair with <see cref="ReleaseRefusal"/>.
    /// </summary>
    public bool TryEnterAsRefusal(ClientKey client)
    {
        if (Interlocked.Increment(ref refusals) <= MaxRefusals && concurrency.TryEnter(client))
        {
            Use.EnterBehind();
            return true;
        }

        Interlocked.Decrement(ref refusals);
        return false;
    }

    public void ReleaseRefusal(ClientKey client)
    {
        concurrency.Release(client);
        Use.Release();
        Interlocked.Decrement(ref refusals);
    }

    /// <summary>The URL for a target that stays byte for byte as the client wrote it (P4).</summary>
    public Uri GetAddress(string target) => new(origin + target, AsWritten);

    /// <summary>Completes with the head of the answer; the body is not read yet.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        client.SendAsync(request, cancellationToken);

    protected override ValueTask EndAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler(HttpUpstreamSettings settings, UpstreamConnector connector)
    {
        var handler = OutboundHttp.CreateHandler(connect: connector.ConnectAsync);
        handler.ConnectTimeout = settings.Timeouts.Connect;
        handler.ActivityHeadersPropagator = null;
        handler.MaxConnectionsPerServer = settings.MaxConnections;
        handler.PooledConnectionIdleTimeout = PooledIdle;
        handler.PooledConnectionLifetime = PooledLife;

        // A body without a reader is not drained to save the connection: the disconnect must reach the upstream (P3).
        handler.MaxResponseDrainSize = 0;
        handler.ResponseDrainTimeout = TimeSpan.Zero;

        // P4: field values are Latin-1, as on the server side.
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        handler.ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        return handler;
    }
}
