using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Session;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Agent.Dialing;

internal sealed class EdgeFleet : IAsyncDisposable
{
    private readonly InnerServer server;
    private readonly AgentMetrics metrics;
    private readonly TimeProvider time;
    private readonly EdgeDialer dialer;
    private readonly ILogger<EdgeSlot> slotLogger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, EdgeSlot[]> slots = []; // guarded by gate
    private readonly Dictionary<EdgeSession, string> sessions = []; // to edge ids; guarded by gate; includes replaced ones
    private readonly List<Task> loops = []; // guarded by gate
    private volatile DialContext? context;
    private volatile EdgeFleetOptions options;
    private volatile TaskCompletionSource changed = NewSignal();

    public EdgeFleet(
        EdgeFleetOptions options,
        InnerServer server,
        AgentMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (this.options, this.server, this.metrics, this.time) = (options, server, metrics, time);
        dialer = new EdgeDialer(() => this.options.DialTimeout, options.Network, time);
        slotLogger = loggers.CreateLogger<EdgeSlot>();
    }

    /// <summary>The options in force; read them at each use.</summary>
    public EdgeFleetOptions Options => options;

    /// <summary>All connections of this agent share it (W1).</summary>
    public WindowBudget Windows { get; } = new(WindowBudget.ProcessBytes);

    /// <summary>Null until the first feed has arrived.</summary>
    public DialContext? Context => context;

    public Task Changed => changed.Task;

    public bool IsStopping => stopping.IsCancellationRequested;

    public int ServingEdges
    {
        get
        {
            lock (gate)
            {
                return slots.Values.Count(s => s.Any(slot => slot.IsServing));
            }
        }
    }

    /// <summary>Each edge of the feed, with the number of its serving and of its wanted connections.</summary>
    public IReadOnlyList<(string Edge, int Serving, int Wanted)> Connections
    {
        get
        {
            lock (gate)
            {
                return
                [
                    .. slots
                        .OrderBy(s => s.Key, StringComparer.Ordinal)
                        .Select(s =>
                            (Edge(s.Key)?.Name ?? s.Key, s.Value.Count(slot => slot.IsServing), s.Value.Length)
                        ),
                ];
            }
        }
    }

    /// <summary>Streams of all connections, including replaced ones.</summary>
    public int OpenStreams => Sessions().Sum(s => s.OpenStreams);

    public AgentFeedEdge? Edge(string id) => context?.Edges.FirstOrDefault(e => e.Id == id);

    /// <summary>Dials new edges, leaves removed ones, renews connections with an older certificate.</summary>
    public void Apply(DialContext next)
    {
        lock (gate)
        {
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            var signal = changed;
            context = next;
            changed = NewSignal();
            foreach (var gone in slots.Keys.Where(id => next.Edges.All(e => e.Id != id)).ToList())
            {
                Array.ForEach(slots[gone], slot => slot.Close());
                slots.Remove(gone);
            }

            foreach (var edge in next.Edges.Where(e => !slots.ContainsKey(e.Id)))
            {
                slots[edge.Id] =
                [
                    .. Enumerable.Range(0, options.Connections).Select(i => StartSlot_NeedsLock(edge.Id, i)),
                ];
            }

            loops.RemoveAll(l => l.IsCompletedSuccessfully);
            signal.TrySetResult();
        }

        EndOlder(next);
    }

    /// <summary>Closes all connections at once, calls included. <see cref="Apply"/> dials again.</summary>
    public void Withdraw()
    {
        if (context is not { } current)
        {
            return;
        }

        Apply(
            new DialContext
            {
                Certificate = current.Certificate,
                Trust = current.Trust,
                Edges = [],
                RevokedSerials = current.RevokedSerials,
            }
        );
        foreach (var session in Sessions())
        {
            session.Drain(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "the agent may no longer serve");
        }
    }

    /// <summary>Applies all options except the network: dials, drains and replaces connections as needed.</summary>
    public void Use(EdgeFleetOptions next)
    {
        lock (gate)
        {
            if (stopping.IsCancellationRequested || next == options)
            {
                return;
            }

            options = next;
            foreach (var (edge, running) in slots.ToList())
            {
                Array.ForEach(running[Math.Min(next.Connections, running.Length)..], slot => slot.Close());
                slots[edge] =
                [
                    .. running.Take(next.Connections),
                    .. Enumerable
                        .Range(running.Length, Math.Max(0, next.Connections - running.Length))
                        .Select(i => StartSlot_NeedsLock(edge, i)),
                ];
            }

            var signal = changed;
            changed = NewSignal();
            signal.TrySetResult();
        }
    }

    /// <summary>Tracks a session until it ends, so that a stop includes replaced ones.</summary>
    public void Track(EdgeSession session, string edgeId)
    {
        lock (gate)
        {
            sessions[session] = edgeId;
        }

        _ = session.Completion.ContinueWith(
            _ =>
            {
                lock (gate)
                {
                    sessions.Remove(session);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Stops dialling, lets running calls finish within the drain time, then closes the rest.</summary>
    public async Task StopAsync()
    {
        Task[] running;
        lock (gate)
        {
            stopping.Cancel();
            running = [.. loops];
        }

        await Task.WhenAll(running);
        var open = Sessions();
        foreach (var session in open)
        {
            session.Drain(ConnectionErrorCode.Shutdown, options.Drain, "the agent stops");
        }

        // The multiplexer resets the remaining streams at the end of the drain time; the extra second is for its last
        // frames.
        var limit = Task.Delay(options.Drain + TimeSpan.FromSeconds(1), time, CancellationToken.None);
        await Task.WhenAny(Task.WhenAll(open.Select(s => s.Completion)), limit);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var session in Sessions())
        {
            await session.DisposeAsync();
        }

        Task[] running;
        lock (gate)
        {
            running = [.. loops];
        }

        await Task.WhenAll(running);
        stopping.Dispose();
    }

    private EdgeSession[] Sessions()
    {
        lock (gate)
        {
            return [.. sessions.Keys];
        }
    }

    // A slot knows only its present connection. A replaced one may still carry streams for hours, and must not do so for
    // an edge that is revoked or removed.
    private void EndOlder(DialContext next)
    {
        KeyValuePair<EdgeSession, string>[] open;
        lock (gate)
        {
            open = [.. sessions];
        }

        foreach (var (session, edgeId) in open)
        {
            if (next.RevokedSerials.Contains(session.PeerSerial))
            {
                session.Drain(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "the edge's certificate was revoked");
            }
            else if (next.Edges.All(e => e.Id != edgeId))
            {
                session.Drain(ConnectionErrorCode.Shutdown, options.Drain, "the agent leaves this edge");
            }
        }
    }

    private EdgeSlot StartSlot_NeedsLock(string edgeId, int number)
    {
        var slot = new EdgeSlot(new EdgeSlotKey(edgeId, number), this, dialer, server, metrics, time, slotLogger);
        loops.Add(Task.Run(() => RunSlotAsync(slot, edgeId), CancellationToken.None));
        return slot;
    }

    private async Task RunSlotAsync(EdgeSlot slot, string edgeId)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await slot.RunAsync(stopping.Token);
                return;
            }
            catch (Exception e)
            {
                // A slot must survive any error of a connection: without it this edge has no connection until a restart.
                Log.DialSlotFault(slotLogger, edgeId, e);
                await Task.WhenAny(Task.Delay(EdgeSlot.Redial.Longest, time, CancellationToken.None), Changed);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
