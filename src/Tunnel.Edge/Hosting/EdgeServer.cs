using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>The data path: both listeners, what connects them, and their periodic checks. Knows nothing of the service.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly EdgeSettings settings;
    private readonly EdgeState state;
    private readonly TimeProvider time;
    private readonly ILogger<EdgeServer> logger;
    private readonly EdgeMetrics metrics = new();
    private readonly AgentListener agentListener;
    private readonly SniListener sniListener;
    private readonly CancellationTokenSource ending = new();
    private readonly TcpListeners agentSockets;
    private readonly TcpListeners sniSockets;
    private readonly ITimer sweeper;
    private FeedAge feedAge;

    private EdgeServer(EdgeSettings settings, EdgeState state, TimeProvider time, ILoggerFactory loggers)
    {
        this.settings = settings;
        this.state = state;
        this.time = time;
        logger = loggers.CreateLogger<EdgeServer>();
        feedAge = FeedContact.Age(state.LastContact, time.GetUtcNow(), settings.Agents.OfflineGrace);
        Traffic = new TrafficBook(settings.TunnelDefaults, time);
        Agents = new AgentRegistry(settings.Agents, state, time, loggers.CreateLogger<AgentRegistry>());
        agentListener = new AgentListener(
            settings.Agents,
            settings.EdgeId,
            state,
            Agents,
            metrics,
            time,
            loggers.CreateLogger<AgentListener>()
        );
        sniListener = new SniListener(
            settings.Sni,
            state,
            Agents,
            Traffic,
            metrics,
            time,
            loggers.CreateLogger<SniListener>()
        );
        metrics.Observe(Agents, Traffic);
        agentSockets = TcpListeners.Bind("agents", "agents.listen", settings.Agents.Listen, time, logger);
        try
        {
            sniSockets = TcpListeners.Bind("sni", "sni.listen", settings.Sni.Listen, time, logger);
        }
        catch
        {
            agentSockets.DisposeAsync().AsTask().GetAwaiter().GetResult(); // nothing accepts yet: does not wait
            throw;
        }

        state.SnapshotChanged += Apply;
        sweeper = time.CreateTimer(static server => ((EdgeServer)server!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    public AgentRegistry Agents { get; }

    public TrafficBook Traffic { get; }

    public IReadOnlyList<IPEndPoint> AgentEndPoints => agentSockets.EndPoints;

    public IReadOnlyList<IPEndPoint> SniEndPoints => sniSockets.EndPoints;

    /// <summary>Client connections now.</summary>
    public int Clients => sniListener.Connections;

    /// <summary>Listens and accepts.</summary>
    /// <exception cref="ListenException">An address is taken or not ours.</exception>
    public static EdgeServer Start(EdgeSettings settings, EdgeState state, TimeProvider time, ILoggerFactory loggers)
    {
        var server = new EdgeServer(settings, state, time, loggers);
        server.agentSockets.Start(socket => server.HandleAsync(socket, server.agentListener.ServeAsync));
        server.sniSockets.Start(socket => server.HandleAsync(socket, server.sniListener.ServeAsync));
        return server;
    }

    /// <summary>
    /// Takes nobody new, tells agents, and waits for what is open: until it has ended, or for the drain time (W13).
    /// </summary>
    public async Task DrainAsync()
    {
        Log.Draining(logger, Clients, settings.DrainTimeout.TotalSeconds);
        await agentSockets.StopAsync();
        await sniSockets.StopAsync();
        Agents.DrainAll(settings.DrainTimeout);
        var deadline = time.GetTimestamp();
        while (Agents.All.Any() && time.GetElapsedTime(deadline) < settings.DrainTimeout + SweepPeriod)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None);
        }

        Log.Drained(logger, Clients);
    }

    public async ValueTask DisposeAsync()
    {
        state.SnapshotChanged -= Apply;
        await sweeper.DisposeAsync();
        await ending.CancelAsync();
        await agentSockets.DisposeAsync();
        await sniSockets.DisposeAsync();
        metrics.Dispose();
    }

    private async Task HandleAsync(Socket socket, Func<Socket, CancellationToken, Task> serve)
    {
        try
        {
            await serve(socket, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private void Apply(EdgeSnapshot snapshot)
    {
        Agents.Apply(snapshot);
        Traffic.Keep(snapshot.Tunnels.Select(t => t.Id).ToHashSet(StringComparer.Ordinal));
    }

    private void Sweep()
    {
        try
        {
            Agents.Sweep();
            agentListener.Sweep();
            sniListener.Sweep();
            var age = FeedContact.Age(state.LastContact, time.GetUtcNow(), settings.Agents.OfflineGrace);
            if (age != feedAge)
            {
                feedAge = age;
                Log.Contact(logger, age, state.LastContact, settings.Agents.OfflineGrace);
            }
        }
        catch (Exception e)
        {
            // A timer's exception would end the process; the next turn tries again.
            Log.SweepFailed(logger, e);
        }
    }
}
