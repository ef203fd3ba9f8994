using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>An agent's routes, an MCP server, and the place of a provider's connector; what is between them is the product's.</summary>
internal sealed class ConnectorScene : IAsyncDisposable
{
    public const string Domain = "abcd1234.tunnel.example.com";
    public const string Host = "docs." + Domain;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-connector-").FullName;
    private readonly List<ConnectorTunnels> agents = [];

    private ConnectorScene(RawUpstream? server, IAuditTrail? trail)
    {
        Server = server ?? RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        Tunnel = new Support.Tunnel(Log, trail: trail);
        WriteCertificate(Tunnel.Pki.Server(Domain, "*." + Domain));
    }

    public LogLines Log { get; } = new();

    public RawUpstream Server { get; }

    public Support.Tunnel Tunnel { get; }

    /// <summary>What the service issued for domains of providers.</summary>
    public NamedLeaves Issued =>
        field ??= new NamedLeaves(SslProtocols.Tls12 | SslProtocols.Tls13, TimeProvider.System, Log);

    public string? IssueFailure { get; set; }

    public string? Closure { get; set; }

    public bool IsWithdrawn { get; set; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ConnectorTunnels Agent => agents[0];

    public IPEndPoint Address => Agent.Status[0].Listen;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A scene whose agent listens, with the route <c>docs</c> to the server.</summary>
    public static async Task<ConnectorScene> StartAsync(
        RawUpstream? server = null,
        Func<ConnectorSettings, ConnectorSettings>? change = null,
        RouteAccess? access = null,
        RoutePolicy? policy = null,
        IAuditTrail? trail = null,
        TimeProvider? time = null,
        Action<ConnectorScene>? prepare = null
    )
    {
        var scene = new ConnectorScene(server, trail) { Time = time ?? TimeProvider.System };
        scene.Tunnel.Add(
            "docs",
            scene.Server.Port,
            access ?? RouteAccess.Open(OauthMode.Passthrough),
            policy ?? RoutePolicy.Off
        );
        await scene.Tunnel.StartAsync();
        prepare?.Invoke(scene);
        var agent = scene.StartAgent(change);
        await Eventually.UntilAsync(() => agent.Status[0].Problem is null, Token);
        return scene;
    }

    public ConnectorSettings Settings =>
        new()
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Domain = Domain,
            Routes = ["docs"],
            CertificateFile = Path.Combine(folder, "tls.crt"),
            KeyFile = Path.Combine(folder, "tls.key"),
            Drain = TimeSpan.FromSeconds(10),
        };

    public ConnectorTunnels StartAgent(Func<ConnectorSettings, ConnectorSettings>? change = null)
    {
        var agent = new ConnectorTunnels(
            new ConnectorParts
            {
                CreateApplication = Tunnel.CreateApplication,
                Issued = Issued,
                FindIssueFailure = _ => IssueFailure,
                Time = Time,
                Loggers = Log,
                Metrics = new ConnectorMetrics(),
                FindClosure = () => Closure,
                IsWithdrawn = () => IsWithdrawn,
            },
            [change?.Invoke(Settings) ?? Settings]
        );
        agents.Add(agent);
        agent.Start();
        agent.Apply(true, Tunnel.Routes);
        return agent;
    }

    public void WriteCertificate(KeyAndCertificate pair)
    {
        var key = Path.Combine(folder, "tls.key");
        File.WriteAllText(Path.Combine(folder, "tls.crt"), pair.ExportCertificatesPem());
        File.WriteAllText(key, pair.ExportPrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task<TcpClient> DialAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(Address, Token);
        return client;
    }

    public async Task<ClientWebSocket> OpenSocketAsync(
        string path = "/",
        Action<ClientWebSocketOptions>? change = null,
        CancellationToken? cancellationToken = null
    )
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://{Address}{path}"), cancellationToken ?? Token);
        return socket;
    }

    /// <summary>What a connector carries: a client's bytes, cut into messages by a rule.</summary>
    public async Task<Stream> OpenAsync(
        MessageShape shape,
        string path = "/",
        Action<ClientWebSocketOptions>? change = null
    )
    {
        if (shape == MessageShape.Tcp)
        {
            return new NetworkStream((await DialAsync()).Client, ownsSocket: true);
        }

        var socket = await OpenSocketAsync(
            path,
            o =>
            {
                if (shape == MessageShape.WithPings)
                {
                    o.KeepAliveInterval = TimeSpan.FromMilliseconds(1);
                    o.KeepAliveTimeout = TimeSpan.FromMinutes(1); // with it .NET sends pings, and waits for pongs
                }

                change?.Invoke(o);
            }
        );
        return new ShapedStream(socket, shape);
    }

    /// <summary>A TLS connection of a client through the connector.</summary>
    public async Task<SslStream> ConnectAsync(MessageShape shape = MessageShape.Whole, string host = Host) =>
        await ConnectAsync(await OpenAsync(shape), host);

    public async Task<SslStream> ConnectAsync(Stream carrier, string host = Host)
    {
        var tls = new SslStream(carrier);
        try
        {
            await tls.AuthenticateAsClientAsync(Tunnel.TlsOptions(host), Token);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>An unmodified HTTP client whose connections come through the connector.</summary>
    public HttpClient Client(MessageShape shape = MessageShape.Whole, Version? version = null, string host = Host) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, _) => await OpenAsync(shape),
                SslOptions = Tunnel.TlsOptions(host),
                UseProxy = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
            }
        )
        {
            BaseAddress = new Uri($"https://{host}"),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }

        await Tunnel.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
