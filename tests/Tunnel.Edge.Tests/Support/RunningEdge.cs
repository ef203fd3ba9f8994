using System.Net;
using System.Net.Sockets;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>The real data path on loopback, with a feed that the test writes.</summary>
internal sealed class RunningEdge : IAsyncDisposable
{
    private RunningEdge(EdgeServer server, EdgeState state, TestPlatform platform)
    {
        Server = server;
        State = state;
        Platform = platform;
    }

    public EdgeServer Server { get; }

    public EdgeState State { get; }

    public TestPlatform Platform { get; }

    public IPEndPoint Agents => Server.AgentEndPoints[0];

    public IPEndPoint Connect => Server.ConnectEndPoints[0];

    public IPEndPoint Sni => Server.SniEndPoints[0];

    public static RunningEdge Start(
        Func<EdgeSettings, EdgeSettings>? configure = null,
        Func<DateTimeOffset?>? lastContact = null,
        EdgeFeed? feed = null,
        TimeProvider? time = null,
        Func<bool>? isMarkedToDrain = null,
        Traces? traces = null,
        Func<string?>? withdrawal = null,
        Microsoft.Extensions.Logging.ILoggerFactory? loggers = null
    )
    {
        var platform = new TestPlatform();
        var settings = configure?.Invoke(Settings()) ?? Settings();
        var state = new EdgeState(lastContact ?? (() => TimeProvider.System.GetUtcNow()), withdrawal);
        state.Use(platform.Edge());
        var server = EdgeServer.Start(
            settings,
            state,
            time ?? TimeProvider.System,
            loggers ?? NullLoggerFactory.Instance,
            isMarkedToDrain,
            traces
        );
        var edge = new RunningEdge(server, state, platform);
        edge.Use(feed ?? Feeds.Of(Feeds.Tunnel()));
        return edge;
    }

    public static EdgeSettings Settings() =>
        new()
        {
            EdgeId = "edge_01",
            StateDirectory = "",
            Identity = new IdentityOptions { Url = new Uri("https://identity.test") },
            Agents = new AgentOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
            Sni = new SniOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
            Connect = new ConnectOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
            TunnelDefaults = new TunnelLimits(1000, new(1000, TimeSpan.FromSeconds(1))),
            DrainTimeout = TimeSpan.FromSeconds(5),
            Health = new HealthOptions { Listen = [] },
            Log = new LogOptions(),
        };

    public void Use(EdgeFeed feed) => State.Use(EdgeSnapshot.From(feed, Platform.Trust));

    /// <summary>A raw client connection.</summary>
    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Sni);
        return socket;
    }

    /// <summary>An agent in service; the edge has registered it.</summary>
    public async Task<TestAgent> AgentAsync(
        string instance = "a1",
        Func<Culvert.Tunnel.Protocol.Streams.MuxStream, Task>? serve = null
    )
    {
        var before = Server.Agents.All.Count();
        var agent = await TestAgent.DialAsync(this, Platform.Agent(instance), serve);
        await Eventually.UntilAsync(() => Server.Agents.All.Count() > before, TestContext.Current.CancellationToken);
        return agent;
    }

    /// <summary>Sends a hello and reads whatever comes until the end.</summary>
    public async Task<byte[]> ExchangeAsync(byte[] hello)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(hello);
        return await ReadToEndAsync(socket);
    }

    /// <summary>The bytes until the end; a reset counts as one.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Eventually.Limit) is > 0 and var read)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // reset
        }

        return all.ToArray();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
