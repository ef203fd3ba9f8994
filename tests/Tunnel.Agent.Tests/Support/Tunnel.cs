using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Session;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>
/// An agent's data path in this process: a multiplexer pair in memory replaces the outer connection; everything from
/// inner TLS to the upstream's socket is real.
/// </summary>
internal sealed class Tunnel : IAsyncDisposable
{
    public const string Domain = "t1.example.test";
    public const string Host = "docs." + Domain;
    public static readonly IPEndPoint ClientEndPoint = new(IPAddress.Parse("192.0.2.7"), 54321);

    private readonly AgentMetrics metrics = new();
    private readonly ILoggerFactory loggers;
    private readonly List<Route> routes = [];
    private readonly Forwarder forwarder;
    private readonly CancellationTokenSource stop = new();
    private Task edgeRun = Task.CompletedTask;

    public Tunnel(
        ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        bool withLeaf = true,
        long maxHeldBytes = 64 * 1024 * 1024,
        IAuditTrail? trail = null,
        CallCounts? counts = null,
        Traces? traces = null,
        BudgetLedger? budgets = null,
        ApprovalService? approvals = null
    )
    {
        this.loggers = loggers ??= NullLoggerFactory.Instance;
        Leaves = new LeafSlot(
            SslProtocols.Tls12 | SslProtocols.Tls13,
            TimeProvider.System,
            loggers.CreateLogger<LeafSlot>()
        );
        if (withLeaf)
        {
            Leaves.Swap(Pki.Server(Domain, "*." + Domain));
        }

        var bodies = new BodyReader(new BodyBudget(maxHeldBytes), time ?? TimeProvider.System);
        var gate = new AuthorizationGate(
            metrics,
            time ?? TimeProvider.System,
            loggers.CreateLogger<AuthorizationGate>()
        );
        var policy = new PolicyStage(
            metrics,
            trail ?? NoTrail.Instance,
            time ?? TimeProvider.System,
            loggers.CreateLogger<PolicyStage>(),
            budgets,
            approvals
        );
        forwarder = new Forwarder(metrics, time ?? TimeProvider.System, loggers.CreateLogger<Forwarder>());
        var log = loggers.CreateLogger<InnerApplication>();
        var refusals = new Refusals(metrics, log);
        var pipeline = new RequestPipeline(gate, policy, refusals, time ?? TimeProvider.System, log, counts, traces);
        Members = new MemberPipeline(pipeline, bodies);
        CreateApplication = map => new InnerApplication(map, pipeline, bodies, traces);
        Application = CreateApplication(Map);
        Server = new InnerServer(
            new InnerServerOptions(10_000, 64 * 1024),
            new InnerHandshake(
                Leaves,
                name => Map.Current.IsOwnName(name),
                time ?? TimeProvider.System,
                loggers.CreateLogger<InnerHandshake>(),
                new PublicLeaves(PublicLeaves, Challenges.Find)
            ),
            Application,
            loggers
        );
    }

    /// <summary>For upstreams that are made apart from <see cref="Add(string, Upstream, RouteAccess?)"/>.</summary>
    public static Forwarder NewForwarder() =>
        new(new AgentMetrics(), TimeProvider.System, NullLogger<Forwarder>.Instance);

    public TunnelPki Pki { get; } = new();

    /// <summary>For upstreams that are made apart, too.</summary>
    public AgentMetrics Metrics => metrics;

    public RouteMap Map { get; } = new();

    public LeafSlot Leaves { get; }

    public NamedLeaves PublicLeaves { get; } = new(SslProtocols.Tls12 | SslProtocols.Tls13, TimeProvider.System);

    public ChallengeRegistry Challenges { get; } =
        new(() => null, TimeProvider.System, NullLogger<ChallengeRegistry>.Instance);

    /// <summary>Handles requests, whichever way they come.</summary>
    public InnerApplication Application { get; }

    /// <summary>Serves the calls that composed tools make.</summary>
    public MemberPipeline Members { get; }

    /// <summary>Makes what handles requests by the routes of another map.</summary>
    public Func<RouteMap, InnerApplication> CreateApplication { get; }

    public IReadOnlyList<Route> Routes => routes;

    public InnerServer Server { get; }

    public MuxConnection Edge { get; private set; } = null!;

    public EdgeSession Session { get; private set; } = null!;

    /// <summary>A tunnel with one route, <c>docs</c>, to a loopback port.</summary>
    public static async Task<Tunnel> StartAsync(
        int port,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        IHostResolver? resolver = null,
        params string[] origins
    )
    {
        var tunnel = new Tunnel();
        tunnel.Add("docs", port, change, resolver, origins);
        await tunnel.StartAsync();
        return tunnel;
    }

    public void Add(
        string name,
        int port,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        IHostResolver? resolver = null,
        params string[] origins
    ) => Add(name, port, RouteAccess.Open(OauthMode.Passthrough), change, resolver, origins);

    public void Add(
        string name,
        int port,
        RouteAccess access,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        IHostResolver? resolver = null,
        params string[] origins
    ) => Add(name, port, access, RoutePolicy.Off, change, resolver, origins);

    public void Add(
        string name,
        int port,
        RouteAccess access,
        RoutePolicy policy,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        IHostResolver? resolver = null,
        params string[] origins
    )
    {
        var settings = UpstreamTo(port);
        settings = change?.Invoke(settings) ?? settings;
        var connector = new UpstreamConnector(settings, TimeProvider.System, resolver);
        routes.Add(
            new Route(name, new HttpUpstream(settings, connector, forwarder), origins, access) { Policy = policy }
        );
    }

    /// <summary>A route to an upstream of any kind, which then belongs to the tunnel.</summary>
    public void Add(string name, Upstream upstream, RouteAccess? access = null, RoutePolicy? policy = null) =>
        routes.Add(
            new Route(name, upstream, [], access ?? RouteAccess.Open(OauthMode.DangerousNone))
            {
                Policy = policy ?? RoutePolicy.Off,
            }
        );

    /// <summary>The routes of a file, whose upstreams then belong to the tunnel.</summary>
    public void Add(IEnumerable<Route> others) => routes.AddRange(others);

    public static HttpUpstreamSettings UpstreamTo(int port) =>
        new()
        {
            IsTls = false,
            Host = "127.0.0.1",
            Port = port,
            HostHeader = $"127.0.0.1:{port}",
            AllowedRanges = Ranges("127.0.0.0/8", "::1/128"),
            TlsServerName = "127.0.0.1",
            Timeouts = new UpstreamTimeouts(
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(30)
            ),
            MaxConnections = 256,
            MaxRequestBytes = 64 * 1024 * 1024,
            ConnectAttempts = 1,
            Probe = new ProbeSettings(ProbeKind.None, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)),
        };

    public static AddressRanges Ranges(params string[] ranges) =>
        AddressRanges.TryParse(ranges, out var parsed, out _)
            ? parsed
            : throw new ArgumentException("Unreadable range.");

    public async Task StartAsync(bool active = true, int publicPort = 443)
    {
        Map.Swap(new RouteTable(Domain, active, routes, publicPort));
        await Server.StartAsync(TestContext.Current.CancellationToken);
        var (edgeSide, agentSide) = DuplexStream.CreatePair();
        Edge = new MuxConnection(
            edgeSide,
            MuxRole.Edge,
            new MuxOptions { InstanceId = "edge_test", HelloTimeout = Eventually.Limit },
            TimeProvider.System
        );
        var mux = new MuxConnection(
            agentSide,
            MuxRole.Agent,
            new MuxOptions { InstanceId = "agent-test", HelloTimeout = Eventually.Limit },
            TimeProvider.System
        );
        edgeRun = Edge.RunAsync(stop.Token);
        Session = new EdgeSession(mux, Server, "01", "02", TimeProvider.System, loggers.CreateLogger<EdgeSession>());
        await Edge.PeerHello.WaitAsync(TestContext.Current.CancellationToken);
    }

    public MuxStream OpenStream(string serverName = Host) =>
        Edge.Open(
            new OpenPayload
            {
                ServerName = serverName,
                Client = ClientEndPoint,
                ConnectionId = "c-1",
            }
        );

    public Stream OpenRaw(string serverName = Host)
    {
        var stream = OpenStream(serverName);
        return new StreamOverPipes(stream.Input, stream.Output, stream.DisposeAsync);
    }

    /// <summary>A TLS connection to a hostname, verified against the tunnel's CA.</summary>
    public async Task<SslStream> ConnectAsync(
        string host = Host,
        string? openedFor = null,
        SslProtocols protocols = SslProtocols.None,
        Func<Stream, Stream>? change = null,
        params SslApplicationProtocol[] alpn
    )
    {
        var raw = OpenRaw(openedFor ?? host);
        var tls = new SslStream(change?.Invoke(raw) ?? raw);
        try
        {
            var options = TlsOptions(host, alpn);
            options.EnabledSslProtocols = protocols;
            await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>An unmodified HTTP client whose connections run through the tunnel.</summary>
    public HttpClient Client(string host = Host, Version? version = null)
    {
        var http2 = version?.Major == 2;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult(OpenRaw(host)),
            SslOptions = TlsOptions(host),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = false,
            ActivityHeadersPropagator = null,
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://{host}:9443"),
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (Session is not null)
        {
            await Session.DisposeAsync();
            await Edge.DisposeAsync();
            await edgeRun;
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await Server.StopAsync(now.Token);
        }

        await Server.DisposeAsync();
        foreach (var route in routes)
        {
            await route.Upstream.DisposeAsync();
        }

        metrics.Dispose();
        stop.Dispose();
    }

    public SslClientAuthenticationOptions TlsOptions(string host, params SslApplicationProtocol[] alpn)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(Pki.Ca);
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = policy,
            ApplicationProtocols = alpn.Length > 0 ? [.. alpn] : null,
        };
    }
}
