using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Ingress.Connect;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>The data path: listeners, what connects them, and periodic checks. Does not use the service.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Agents receive the feed with the edges that take over within 1 s, and connect to them within 2 s.</summary>
    private static readonly TimeSpan TakeoverTime = TimeSpan.FromSeconds(3);

    private volatile EdgeSettings settings;
    private readonly EdgeState state;
    private readonly TimeProvider time;
    private readonly ILogger<EdgeServer> logger;
    private readonly Func<bool> isMarkedToDrain;
    private readonly EdgeMetrics metrics = new();
    private readonly AgentListener agentListener;
    private readonly ClientAdmission clientAdmission;
    private readonly ClientForwarder forwarder;
    private readonly ChallengeGate challenges;
    private readonly SniListener sniListener;
    private readonly ConnectListener connectListener;
    private readonly CancellationTokenSource ending = new();
    private volatile CancellationTokenSource serving = new(); // cancelled when the edge may no longer serve
    private readonly TcpListeners agentSockets;
    private readonly TcpListeners sniSockets;
    private readonly TcpListeners connectSockets;
    private readonly AgentArrival arrival; // owned by the sweeper
    private readonly long started;
    private readonly ITimer sweeper;
    private readonly ITimer leaving;
    private FeedAge feedAge;
    private (DateTimeOffset LastContact, DateTimeOffset From)? grace; // owned by the sweeper
    private volatile EdgeReportGrace? lastGrace;
    private volatile bool stopping;
    private long? drainingSince; // owned by the sweeper
    private bool agentsSentAway; // owned by the sweeper
    private volatile bool awaitsAgents;
    private volatile bool isWithdrawn;
    private long reportedChanges; // owned by the sweeper
    private Task followed = Task.CompletedTask; // one change of the listeners at a time; owned by the sweeper

    private EdgeServer(
        EdgeSettings settings,
        EdgeState state,
        TimeProvider time,
        ILoggerFactory loggers,
        Func<bool> isMarkedToDrain,
        Traces? traces
    )
    {
        this.isMarkedToDrain = isMarkedToDrain;
        state.DrainHere(isMarkedToDrain());
        this.settings = settings;
        this.state = state;
        this.time = time;
        logger = loggers.CreateLogger<EdgeServer>();
        FollowGrace(feedAge = state.AgeOfFeed(time.GetUtcNow(), settings.Agents.OfflineGrace));
        Traffic = new TunnelTrafficRegistry(settings.TunnelDefaults, time);
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
        arrival = new AgentArrival(settings.Agents.Settle);
        awaitsAgents = settings.Agents.Settle > TimeSpan.Zero;
        started = time.GetTimestamp();
        clientAdmission = new ClientAdmission(
            settings.Clients,
            settings.ProxyProtocol,
            metrics,
            time,
            loggers.CreateLogger<ClientAdmission>()
        );
        forwarder = new ClientForwarder(Agents, state, time, loggers.CreateLogger<ClientForwarder>());
        challenges = new ChallengeGate(time);
        var ingress = new IngressParts(state, forwarder, Traffic, metrics, time, traces);
        sniListener = new SniListener(settings.Sni, ingress, challenges, loggers.CreateLogger<SniListener>());
        connectListener = new ConnectListener(settings.Sni, ingress, loggers.CreateLogger<ConnectListener>());
        TunnelMetrics.Observe(metrics.Meter, Agents, Traffic, FeedSeconds, () => IsDraining);
        List<TcpListeners> bound = [];
        try
        {
            bound.Add(
                agentSockets = TcpListeners.Bind("agents", "agents.listen", settings.Agents.Listen, time, logger)
            );
            bound.Add(sniSockets = TcpListeners.Bind("sni", "sni.listen", settings.Sni.Listen, time, logger));
            connectSockets = TcpListeners.Bind("connect", "connect.listen", settings.Connect.Listen, time, logger);
        }
        catch
        {
            bound.ForEach(b => b.DisposeAsync().AsTask().GetAwaiter().GetResult()); // synchronous: nothing accepted yet
            throw;
        }

        state.SnapshotChanged += Apply;
        sweeper = time.CreateTimer(static server => ((EdgeServer)server!).Sweep(), this, SweepPeriod, SweepPeriod);
        leaving = time.CreateTimer(
            static forwarder => ((ClientForwarder)forwarder!).CancelDisconnected(),
            forwarder,
            DisconnectWatcher.Interval,
            DisconnectWatcher.Interval
        );
    }

    /// <summary>Agents connected or left, or the service is back. Raised at most once a second.</summary>
    public event Action? AgentsChanged;

    /// <summary>The latest ended period without contact to the service; null = none since the start (S10).</summary>
    public EdgeReportGrace? LastGrace => lastGrace;

    /// <summary>The current settings. They can change, so read them at each use.</summary>
    public EdgeSettings Settings => settings;

    public EdgeMetrics Metrics => metrics;

    public AgentRegistry Agents { get; }

    public TunnelTrafficRegistry Traffic { get; }

    public IReadOnlyList<IPEndPoint> AgentEndPoints => agentSockets.EndPoints;

    public IReadOnlyList<IPEndPoint> SniEndPoints => sniSockets.EndPoints;

    public IReadOnlyList<IPEndPoint> ConnectEndPoints => connectSockets.EndPoints;

    public int Clients => clientAdmission.Connections;

    public bool IsDraining => stopping || state.IsDraining;

    public bool AwaitsAgents => awaitsAgents;

    /// <summary>Binds the listeners and starts to accept.</summary>
    /// <param name="isMarkedToDrain">Whether an operator marked this edge as draining, read every second; null = not
    /// supported.</param>
    /// <param name="traces">Receives the spans of connections; null = no tracing.</param>
    /// <exception cref="ListenException">An address is in use or not available on this machine.</exception>
    public static EdgeServer Start(
        EdgeSettings settings,
        EdgeState state,
        TimeProvider time,
        ILoggerFactory loggers,
        Func<bool>? isMarkedToDrain = null,
        Traces? traces = null
    )
    {
        var server = new EdgeServer(settings, state, time, loggers, isMarkedToDrain ?? (static () => false), traces);
        server.agentSockets.Start(socket => server.HandleAsync(socket, server.agentListener.ServeAsync));
        server.sniSockets.Start(socket =>
            server.HandleAsync(
                socket,
                (s, cancel) => server.clientAdmission.ServeAsync(s, server.sniListener.ServeAsync, cancel)
            )
        );
        server.connectSockets.Start(socket =>
            server.HandleAsync(
                socket,
                (s, cancel) => server.clientAdmission.ServeAsync(s, server.connectListener.ServeAsync, cancel)
            )
        );
        return server;
    }

    /// <summary>
    /// Applies new settings to new connections; byte and time limits also apply to open connections. Nothing is
    /// disconnected, and the listening addresses do not change.
    /// </summary>
    public void Use(EdgeSettings next)
    {
        settings = next;
        agentListener.Use(next.Agents);
        Agents.Use(next.Agents);
        clientAdmission.Use(next.Clients, next.ProxyProtocol);
        sniListener.Use(next.Sni);
        connectListener.Use(next.Sni);
        Traffic.Use(next.TunnelDefaults, state.Snapshot);
    }

    /// <summary>
    /// Reports not ready for <c>drain_delay</c>, so that load balancers send no more clients. Then it accepts no new
    /// clients, connects those that have arrived to an agent, notifies agents, and waits until open streams are closed, at
    /// most for the drain time (W13).
    /// </summary>
    public async Task DrainAsync()
    {
        stopping = true;
        await followed; // waits for a listener change in progress
        Log.Draining(logger, Clients, settings.DrainTimeout.TotalSeconds);
        if (settings.DrainDelay > TimeSpan.Zero)
        {
            await Task.Delay(settings.DrainDelay, time, CancellationToken.None);
        }

        await sniSockets.StopAsync();
        await connectSockets.StopAsync();
        await UntilPlacedAsync();
        await agentSockets.StopAsync();
        Agents.DrainAll(settings.DrainTimeout, "the edge stops");
        var deadline = time.GetTimestamp();
        while (Agents.All.Any() && time.GetElapsedTime(deadline) < settings.DrainTimeout + SweepPeriod)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None);
            Agents.DrainLate(settings.DrainTimeout, "the edge stops");
        }

        Log.Drained(logger, Clients);
    }

    public async ValueTask DisposeAsync()
    {
        state.SnapshotChanged -= Apply;
        await sweeper.DisposeAsync();
        await leaving.DisposeAsync();
        await ending.CancelAsync();
        await followed;
        await agentSockets.DisposeAsync();
        await sniSockets.DisposeAsync();
        await connectSockets.DisposeAsync();
        metrics.Dispose();
    }

    private async Task HandleAsync(Socket socket, Func<Socket, CancellationToken, Task> serve)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, serving.Token);
        try
        {
            await serve(socket, until.Token);
        }
        catch (OperationCanceledException)
        {
            // The server stops, or may no longer serve.
        }
    }

    private void Apply(EdgeSnapshot snapshot)
    {
        Agents.Apply(snapshot);
        Traffic.Apply(snapshot);
        challenges.Apply(snapshot);
    }

    /// <summary>Waits until every accepted client has its stream, because draining agents accept no new ones.</summary>
    private async Task UntilPlacedAsync()
    {
        // CONNECT has one deadline before its 200 and one after it; the PROXY header has its own before both.
        var longest =
            (2 * settings.Sni.HandshakeTimeout)
            + (settings.ProxyProtocol.Required ? settings.ProxyProtocol.HeaderTimeout : TimeSpan.Zero);
        var begun = time.GetTimestamp();
        while (HasArriving() && time.GetElapsedTime(begun) < longest)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, CancellationToken.None);
        }
    }

    /// <summary>In the order that clients pass through, so that a client in transition is not missed.</summary>
    private bool HasArriving() =>
        clientAdmission.Reading > 0 || sniListener.Arriving > 0 || connectListener.Arriving > 0;

    /// <summary>Closes the listeners while the edge's own certificate is withdrawn or expired (S10).</summary>
    private async Task FollowWithdrawalAsync()
    {
        if (state.Withdrawal is { } reason)
        {
            if (!isWithdrawn)
            {
                isWithdrawn = true;
                Log.ServingEnded(logger, reason);
                await serving.CancelAsync();
                await agentSockets.CloseAsync();
                await sniSockets.CloseAsync();
                await connectSockets.CloseAsync();
            }
        }
        else if (isWithdrawn)
        {
            if (serving.IsCancellationRequested)
            {
                serving = new CancellationTokenSource();
                arrival.Restart(settings.Agents.Settle);
            }

            // The next sweep retries if an address is still in use.
            if (
                (agentSockets.IsOpen || agentSockets.TryReopen())
                && (sniSockets.IsOpen || sniSockets.TryReopen())
                && (connectSockets.IsOpen || connectSockets.TryReopen())
            )
            {
                isWithdrawn = false;
                Log.ServingResumed(logger);
            }
        }
    }

    /// <summary>Follows an operator's drain: asks agents to disconnect after the delay.</summary>
    private void FollowDrain()
    {
        if (!state.IsDraining)
        {
            (drainingSince, agentsSentAway) = (null, false);
            awaitsAgents = arrival.IsAwaited(
                state is { Snapshot: not null, Certificate: not null },
                time.GetElapsedTime(started),
                Agents.All.Any(a => a.AcceptsStreams) ? time.GetElapsedTime(started, Agents.LastArrival) : null
            );
            return;
        }

        arrival.Restart(settings.Agents.Settle);
        awaitsAgents = settings.Agents.Settle > TimeSpan.Zero; // not ready until the agents are back
        drainingSince ??= time.GetTimestamp();
        if (agentsSentAway)
        {
            // Agents whose handshake had begun before the drain.
            Agents.DrainLate(settings.DrainTimeout, "drained by an operator");
        }
        else if (time.GetElapsedTime(drainingSince.Value) >= DelayOfDrain())
        {
            agentsSentAway = true;
            Log.DrainedByOperator(logger, Agents.All.Count(), settings.DrainTimeout.TotalSeconds);
            Agents.DrainAll(settings.DrainTimeout, "drained by an operator");
        }
    }

    /// <summary>In an announced drain, other edges first take over the tunnels, so that agents can go there.</summary>
    private TimeSpan DelayOfDrain() =>
        state.Snapshot is { IsDraining: true } && settings.DrainDelay < TakeoverTime
            ? TakeoverTime
            : settings.DrainDelay;

    // Records a period without contact; the service writes it to its audit log afterwards (S10).
    private void FollowGrace(FeedAge age)
    {
        var now = time.GetUtcNow();
        if (age == FeedAge.OfflineGrace)
        {
            grace = (state.LastContact ?? now, now);
        }
        else if (grace is (var lastContact, var from))
        {
            grace = null;
            lastGrace = new EdgeReportGrace(LastContact: lastContact, From: from, To: now);
            AgentsChanged?.Invoke();
        }
    }

    private double FeedSeconds() =>
        state.LastContact is { } last ? Math.Max(0, (time.GetUtcNow() - last).TotalSeconds) : -1;

    private void Sweep()
    {
        try
        {
            if (!stopping && followed.IsCompleted)
            {
                followed = FollowWithdrawalAsync();
            }

            Agents.Sweep();
            agentListener.Sweep();
            clientAdmission.Sweep();
            forwarder.CloseSilentAgents();
            state.DrainHere(isMarkedToDrain());
            FollowDrain();
            if (Agents.Changes is var changes && changes != reportedChanges)
            {
                reportedChanges = changes;
                AgentsChanged?.Invoke();
            }

            if (settings.Clients.IdleTimeout > TimeSpan.Zero)
            {
                Traffic.CutIdle(settings.Clients.IdleTimeout);
            }

            var age = state.AgeOfFeed(time.GetUtcNow(), settings.Agents.OfflineGrace);
            if (age != feedAge)
            {
                feedAge = age;
                FollowGrace(age);
                Log.Contact(logger, age, state.LastContact, settings.Agents.OfflineGrace);
            }
        }
        catch (Exception e)
        {
            // An unhandled exception in a timer would end the process. The next tick retries.
            Log.SweepFailed(logger, e);
        }
    }
}
