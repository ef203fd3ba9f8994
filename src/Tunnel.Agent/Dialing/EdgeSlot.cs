using Culvert.Platform.Timing;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Session;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Transport;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>Maintains one connection to one edge. The old connection serves until its replacement does.</summary>
/// <remarks>
/// <code>
/// event \ state         none        dialling (old or none)    serving
/// dial succeeded        –           serving; old is drained   –
/// dial failed           –           wait (back-off), dial     –
/// edge's GOAWAY         –           old is closed gently      close gently; dial at once, after back-off if short
/// connection ended      –           old is forgotten          dial at once, after back-off if it was short
/// certificate renewed   dial        next dial uses it         dial; old is drained
/// max_streams changed   –           next dial tells it        dial; old is drained
/// edge left the feed    stop        stop; old is drained      stop; drained
/// fewer connections     stop        stop; old is drained      stop; drained
/// peer revoked          –           old is cut                cut, dial
/// </code>
/// </remarks>
internal sealed class EdgeSlot
{
    /// <summary>Short, because clients of a restarted edge have no other way to the agent.</summary>
    public static readonly Backoff Redial = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    // A connection that lasted this long was a success: the slot dials again at once.
    private static readonly TimeSpan Proven = TimeSpan.FromSeconds(10);

    private readonly string edgeId;
    private readonly int number;
    private readonly EdgeFleet fleet;
    private readonly EdgeDialer dialer;
    private readonly InnerServer server;
    private readonly AgentMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<EdgeSlot> logger;
    private volatile EdgeSession? current;
    private EdgeSession? accounted; // the last connection whose end has been handled
    private volatile bool leaving;
    private int failures;
    private int nextAddress;
    private long connectedAt;

    public EdgeSlot(
        EdgeSlotKey key,
        EdgeFleet fleet,
        EdgeDialer dialer,
        InnerServer server,
        AgentMetrics metrics,
        TimeProvider time,
        ILogger<EdgeSlot> logger
    )
    {
        (edgeId, number) = (key.EdgeId, key.Number);
        this.fleet = fleet;
        this.dialer = dialer;
        this.server = server;
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
        nextAddress = number; // the slots of an edge start with different addresses
    }

    public bool IsServing => current is { IsServing: true };

    /// <summary><see cref="RunAsync"/> ends at the next change, even if the edge is back in the feed by then.</summary>
    public void Close() => leaving = true;

    /// <summary>Runs until cancelled or until the edge leaves the feed; then drains the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!leaving && fleet.Context is { } context && fleet.Edge(edgeId) is { } edge)
            {
                var changed = fleet.Changed;
                if (!ReferenceEquals(context, fleet.Context))
                {
                    continue; // changed between the two reads; the new signal belongs to the new context
                }

                CutIfRevoked(context);
                if (current is { } ended && HasEnded(ended) && ended != accounted)
                {
                    accounted = ended;
                    await AccountAsync(ended, changed, cancellationToken);
                }
                else if (IsGood(context))
                {
                    await Task.WhenAny(current!.Completion, current.GoingAway, changed).WaitAsync(cancellationToken);
                }
                else if (!await TryDialAsync(edge, context, cancellationToken))
                {
                    await WaitAsync(Redial.After(++failures, Jitter.Unit()), changed, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
        finally
        {
            Retire(current, fleet.Options.Drain, "the agent leaves this edge");
        }
    }

    private bool IsGood(DialContext context) =>
        current is { IsServing: true } session
        && session.CertificateSerial == context.Certificate.Serial
        && session.MaxStreams == fleet.Options.MaxStreams;

    private async Task<bool> TryDialAsync(AgentFeedEdge edge, DialContext context, CancellationToken cancellationToken)
    {
        if (current is { IsServing: true } replaced && replaced.CertificateSerial != context.Certificate.Serial)
        {
            Log.EdgeRenewing(logger, edgeId, context.Certificate.Serial);
        }

        if (edge.Addresses.Count == 0)
        {
            return Failed("", DialStage.Address, "The feed names no address.");
        }

        var address = edge.Addresses[nextAddress % edge.Addresses.Count];
        var dialed = await dialer.DialAsync(address, context, cancellationToken);
        if (!dialed.IsConnected)
        {
            nextAddress = (nextAddress + 1) % edge.Addresses.Count;
            return Failed(address, dialed.Stage, dialed.Detail);
        }

        var session = await StartAsync(dialed, context, cancellationToken);
        if (session is null)
        {
            return Failed(address, DialStage.Hello, "The edge closed the connection before its HELLO.");
        }

        Log.EdgeConnected(logger, edgeId, address, number, dialed.PeerNotAfter);
        var old = current;
        current = session;
        connectedAt = time.GetTimestamp();
        Retire(old, fleet.Options.RenewalDrain, "replaced by a newer connection");
        return true;
    }

    private async Task<EdgeSession?> StartAsync(
        DialResult dialed,
        DialContext context,
        CancellationToken cancellationToken
    )
    {
        var maxStreams = fleet.Options.MaxStreams;
        var muxOptions = new MuxOptions
        {
            InstanceId = fleet.Options.InstanceId,
            MaxStreams = maxStreams,
            ProcessWindows = fleet.Windows,
            BytesTaken = dialed.Socket is { } socket ? () => OuterSocket.BytesAcknowledged(socket) : null,
        };
        var mux = new MuxConnection(dialed.Transport!, MuxRole.Agent, muxOptions, time);
        var session = new EdgeSession(mux, server, context.Certificate.Serial, dialed.PeerSerial!, time, logger)
        {
            MaxStreams = maxStreams,
        };
        fleet.Track(session, edgeId);
        try
        {
            // In TLS 1.3 a client completes the handshake before the server has checked its certificate: only HELLO is
            // acceptance.
            await session.Hello.WaitAsync(cancellationToken);
        }
        catch (IOException)
        {
            await session.DisposeAsync();
            return null;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        metrics.EdgeConnections(edgeId, 1);
        _ = session.Completion.ContinueWith(
            _ =>
            {
                metrics.EdgeConnections(edgeId, -1);
                var outcome = session.Outcome;
                Log.EdgeConnectionEnded(logger, edgeId, $"{outcome?.By} {outcome?.Code} {outcome?.Detail}");
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return session;
    }

    private static bool HasEnded(EdgeSession session) => session.IsOver || session.GoingAway.IsCompletedSuccessfully;

    // W12, W13: after an orderly close the slot dials at once, and inner connections end where it is safe. If an edge
    // accepts connections only to close them, the back-off applies all the same.
    private async Task AccountAsync(EdgeSession ended, Task changed, CancellationToken cancellationToken)
    {
        if (ended.GoingAway.IsCompletedSuccessfully)
        {
            var said = await ended.GoingAway;
            Log.EdgeGoingAway(logger, edgeId, said.Code.ToString(), said.Text);
            ended.Close(said.Drain);
        }

        failures = time.GetElapsedTime(connectedAt) >= Proven ? 0 : failures + 1;
        if (failures > 0)
        {
            await WaitAsync(Redial.After(failures + 1, Jitter.Unit()), changed, cancellationToken);
        }
    }

    private void CutIfRevoked(DialContext context)
    {
        if (current is { } session && context.RevokedSerials.Contains(session.PeerSerial))
        {
            Retire(session, TimeSpan.Zero, "the edge's certificate was revoked");
            current = null;
        }
    }

    private bool Failed(string address, DialStage stage, string detail)
    {
        metrics.DialFailed(edgeId, stage.ToString().ToLowerInvariant());
        Log.EdgeDialFailed(logger, edgeId, address, stage.ToString(), detail, Redial.After(failures + 1));
        return false;
    }

    private static void Retire(EdgeSession? session, TimeSpan drain, string text)
    {
        if (session is { IsOver: false })
        {
            session.Drain(ConnectionErrorCode.Shutdown, drain, text);
        }
    }

    // A changed feed may have a better address or a valid certificate, so a change ends the wait.
    private async Task WaitAsync(TimeSpan delay, Task changed, CancellationToken cancellationToken)
    {
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(delay, time, wake.Token), changed);
        await wake.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}

/// <param name="Number">From 0 to below the number of connections to each edge.</param>
internal readonly record struct EdgeSlotKey(string EdgeId, int Number);
