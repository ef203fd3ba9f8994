using System.Text;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>An agent's routes, an MCP server and a control plane; what is between them is the product's.</summary>
internal sealed class LongPollScene : IAsyncDisposable
{
    public const string ApiKey = "sk-test_KEY-123";
    public const string Call =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}""";
    public const string Result = """{"jsonrpc":"2.0","id":7,"result":{"content":[]}}""";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-long-poll-").FullName;
    private readonly List<LongPollTunnels> agents = [];
    private readonly bool ownsPlane;

    public LongPollScene(RawUpstream? server = null, ControlPlaneDouble? plane = null, IAuditTrail? trail = null)
    {
        Server = server ?? RawUpstream.Answering(Json(Result));
        ownsPlane = plane is null;
        Plane = plane ?? new ControlPlaneDouble();
        Tunnel = new Support.Tunnel(Log, trail: trail);
        KeyFile = Path.Combine(folder, "key");
        WriteKey(ApiKey);
    }

    public LogLines Log { get; } = new();

    public RawUpstream Server { get; }

    public ControlPlaneDouble Plane { get; }

    public Support.Tunnel Tunnel { get; }

    public LongPollMetrics Metrics { get; } = new();

    public string KeyFile { get; }

    public string? Closure { get; set; }

    public bool IsWithdrawn { get; set; }

    public Func<string, bool> IsUp { get; set; } = _ => true;

    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public LongPollTunnels Agent => agents[0];

    /// <summary>A scene whose agent polls, with one route to the server.</summary>
    public static async Task<LongPollScene> StartAsync(
        RawUpstream? server = null,
        Func<LongPollSettings, LongPollSettings>? change = null,
        RouteAccess? access = null,
        RoutePolicy? policy = null,
        IAuditTrail? trail = null,
        ControlPlaneDouble? plane = null,
        TimeProvider? time = null
    )
    {
        var scene = new LongPollScene(server, plane, trail) { Time = time ?? TimeProvider.System };
        scene.AddRoute(access, policy);
        await scene.Tunnel.StartAsync();
        scene.StartAgent(change);
        return scene;
    }

    public static string Json(string body, int status = 200, string headers = "") =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n{headers}"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static string Events(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{headers}"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void WriteKey(string key)
    {
        File.WriteAllText(KeyFile, key + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void AddRoute(RouteAccess? access = null, RoutePolicy? policy = null, int? port = null) =>
        Tunnel.Add(
            "docs",
            port ?? Server.Port,
            access ?? RouteAccess.Open(OauthMode.Passthrough),
            policy ?? RoutePolicy.Off,
            u => u with { ConnectAttempts = 1 }
        );

    public LongPollSettings Settings =>
        new()
        {
            BaseUrl = new Uri($"http://127.0.0.1:{Plane.Port}"),
            TunnelId = ControlPlaneDouble.TunnelId,
            ApiKey = SecretReference.ToFile(KeyFile),
            Channels = [new LongPollChannel("main", "docs", false)],
            PollTimeout = TimeSpan.FromSeconds(5),
            Drain = TimeSpan.FromSeconds(10),
            LastDelivery = TimeSpan.Zero,
        };

    public LongPollTunnels StartAgent(Func<LongPollSettings, LongPollSettings>? change = null)
    {
        var settings = Settings;
        var agent = new LongPollTunnels(
            new LongPollParts
            {
                Application = Tunnel.Application,
                Routes = Tunnel.Map,
                Network = new NetworkSource(Network),
                Time = Time,
                Logger = Log,
                Metrics = agents.Count == 0 ? Metrics : new LongPollMetrics(),
                FindClosure = () => Closure,
                IsWithdrawn = () => IsWithdrawn,
                IsUp = route => IsUp(route),
            },
            [change?.Invoke(settings) ?? settings]
        );
        agents.Add(agent);
        agent.Start();
        return agent;
    }

    /// <summary>Lets the time of the agent pass, so that it polls on, while something is awaited.</summary>
    public static async Task<T> PassAsync<T>(FakeTimeProvider time, ValueTask<T> awaited)
    {
        var task = awaited.AsTask();
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(40));
                return task.IsCompleted;
            },
            TestContext.Current.CancellationToken
        );
        return await task;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }

        await Tunnel.DisposeAsync();
        await Server.DisposeAsync();
        if (ownsPlane)
        {
            await Plane.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
