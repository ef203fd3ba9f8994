using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Liveness;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Receiving;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Protocol;

/// <summary>An outer connection between edge and agent that carries many streams.</summary>
/// <remarks>
/// Event × phase of the connection. Frames for streams are in <see cref="StreamState"/> and <see cref="ClosedStreams"/>.
/// <code>
///                     AwaitingHello     Running            Draining (we sent GOAWAY)   Over
/// HELLO received      → Running         PROTOCOL           PROTOCOL                    dropped
/// OPEN, at the agent  PROTOCOL          new stream         RST(REFUSED)                dropped
/// OPEN, at the edge   PROTOCOL          PROTOCOL           PROTOCOL                    dropped
/// PING received       PROTOCOL          PONG               PONG                        dropped
/// PONG received       PROTOCOL          noted, or ignored  noted, or ignored           dropped
/// GOAWAY received     PROTOCOL          no new streams     no new streams              dropped
/// GOAWAY, drain 0     PROTOCOL          → Over             → Over                      dropped
/// other frame         PROTOCOL          by stream          by stream                   dropped
/// local GoAway        → Draining        → Draining         sent again if sooner        ignored
/// last stream closed  –                 ignored            → Over                      ignored
/// drain time over     –                 –                  RST(CANCELLED), → Over      –
/// no HELLO in time    PROTOCOL          –                  –                           –
/// silence, stall      –                 IDLE               IDLE                        –
/// transport ends      → Over            → Over             → Over                      –
/// </code>
/// Every error in capitals sends GOAWAY with that code and leads to Over.
/// </remarks>
public sealed class MuxConnection : IAsyncDisposable
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1); // W13

    private readonly Stream transport;
    private readonly MuxRole role;
    private readonly MuxOptions options;
    private readonly TimeProvider time;
    private readonly Outbox outbox;
    private readonly StreamTable table;
    private readonly Heartbeat heartbeat;
    private readonly ConnectionLife life;
    private readonly StreamAdmission admission;
    private readonly FrameLoop received;
    private readonly long startedAt;

    private Task? running; // guarded by outbox.Gate

    /// <summary>Takes ownership of <paramref name="transport"/>, the authenticated outer connection.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public MuxConnection(Stream transport, MuxRole role, MuxOptions options, TimeProvider time)
    {
        options.Validate();
        this.transport = transport;
        this.role = role;
        this.options = options;
        this.time = time;
        table = new StreamTable(time, CheckDrained);
        outbox = new Outbox(transport, time, e => EndOfTransport(e.Message), OnFlood, CheckDrained, options.BytesTaken);
        heartbeat = new Heartbeat(outbox, options, time);
        life = new ConnectionLife(outbox, time);
        admission = new StreamAdmission(role, options, outbox, table, life, heartbeat, time);
        var dispatcher = new FrameDispatcher(outbox, table, admission, life, heartbeat, OnGoAway);
        received = new FrameLoop(transport, time, new Sink(this, dispatcher));
        startedAt = time.GetTimestamp();
        AppendHello();
    }

    /// <summary>The peer's HELLO; fails with <see cref="IOException"/> if the connection closes before it.</summary>
    public Task<Hello> PeerHello => life.PeerHello;

    /// <summary>The peer's first GOAWAY; cancelled if the connection closes without one.</summary>
    public Task<PeerGoAway> PeerGoAway => life.PeerGoAway;

    /// <summary>Why the connection is closed; null while it is open.</summary>
    public MuxOutcome? Outcome => life.Outcome;

    /// <summary>Streams that count against <see cref="MuxOptions.MaxStreams"/> (W3).</summary>
    public int OpenStreams => table.Occupied;

    /// <summary>Edge: whether <see cref="TryOpen(OpenPayload, out MuxStream)"/> may succeed.</summary>
    public bool AcceptsStreams
    {
        get
        {
            lock (outbox.Gate)
            {
                return admission.CanOpen_NeedsLock;
            }
        }
    }

    /// <summary>Whether the peer is late with an answer to a PING. It may still answer; prefer another connection.</summary>
    public bool IsOverdue => heartbeat.IsOverdue(received.LastReceived);

    /// <summary>Edge: how many stream ids are left of 31 bits (W9). Replace the connection long before 0.</summary>
    public int StreamIdsLeft
    {
        get
        {
            lock (outbox.Gate)
            {
                return admission.IdsLeft_NeedsLock;
            }
        }
    }

    public long BytesReceived => received.BytesReceived;

    public long BytesSent => outbox.BytesSent;

    /// <summary>Round trip of the latest answered PING; zero before the first.</summary>
    public TimeSpan RoundTrip => heartbeat.Latest;

    /// <summary>Runs the connection. Completes when the connection and its transport are closed; never throws.</summary>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (outbox.Gate)
        {
            return running is null
                ? running = RunOnceAsync(cancellationToken)
                : throw new InvalidOperationException("The connection runs already.");
        }
    }

    /// <summary>Sends our HELLO if <see cref="MuxOptions.HoldsHello"/> delayed it.</summary>
    public void Accept() => SendHello();

    /// <summary>Agent: the next stream that the edge opened, oldest first; null when there are no more.</summary>
    public ValueTask<MuxStream?> AcceptAsync(CancellationToken cancellationToken) =>
        admission.AcceptAsync(cancellationToken);

    /// <summary>
    /// Edge: opens a stream without a round trip. False before the agent's HELLO, after GOAWAY, at either side's stream
    /// limit, or when the connection is closed.
    /// </summary>
    public bool TryOpen(OpenPayload open, [NotNullWhen(true)] out MuxStream? stream) =>
        TryOpen(open, default, out stream);

    /// <summary>Opens a stream and sends its first bytes in the same write.</summary>
    /// <exception cref="InvalidOperationException">This is not the edge.</exception>
    public bool TryOpen(OpenPayload open, ReadOnlySpan<byte> firstBytes, [NotNullWhen(true)] out MuxStream? stream) =>
        role == MuxRole.Edge
            ? admission.TryOpen(open, firstBytes, received.LastReceived, out stream)
            : throw new InvalidOperationException("Only the edge opens streams.");

    /// <summary>Does the same as <see cref="TryOpen(OpenPayload, out MuxStream)"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection accepts no new streams.</exception>
    public MuxStream Open(OpenPayload open) =>
        TryOpen(open, out var stream)
            ? stream
            : throw new InvalidOperationException("The connection accepts no new streams.");

    /// <summary>
    /// Closes the connection gracefully (W12, W13): no new streams; open ones may continue for <paramref name="drain"/>,
    /// then get RST(CANCELLED). The connection closes with its last stream. A second call only shortens the drain.
    /// </summary>
    public void GoAway(ConnectionErrorCode code, TimeSpan drain, string text)
    {
        WriteStart start;
        List<MuxStream> refused;
        lock (outbox.Gate)
        {
            if (!life.TryDrain_NeedsLock(code, drain))
            {
                return;
            }

            refused = admission.Close_NeedsLock();
            outbox.GoAway_NeedsLock(GoAwayCodec.Frame(code, admission.LastStream_NeedsLock, drain, text));
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
        foreach (var stream in refused)
        {
            stream.Abort(StreamErrorCode.Refused);
            stream.Release();
        }

        CheckDrained();
    }

    public async ValueTask DisposeAsync()
    {
        GoAway(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "closed");
        if (running is { } task)
        {
            await task;
        }
        else
        {
            End(new MuxOutcome(MuxEndedBy.Local, ConnectionErrorCode.Shutdown, "closed before it ran"));
            await transport.DisposeAsync();
        }
    }

    /// <summary>For tests: skips stream ids as if they had been used.</summary>
    internal void SkipStreamIds(uint count)
    {
        lock (outbox.Gate)
        {
            admission.Skip_NeedsLock(count);
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // leaves the caller's lock

        // The timer starts before HELLO: nothing is sent before it, and the peer cannot answer earlier.
        var ticking = time.CreateTimer(static state => ((MuxConnection)state!).Tick(), this, TickPeriod, TickPeriod);
        if (!options.HoldsHello)
        {
            SendHello();
        }

        var reading = received.RunAsync();
        var writing = outbox.RunAsync();
        await using (ticking)
        await using (
            cancellationToken.UnsafeRegister(
                static state => ((MuxConnection)state!).GoAway(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "stopping"),
                this
            )
        )
        {
            await life.Ended;
        }

        foreach (var stream in table.Live)
        {
            stream.OnLost(StreamEnd.ConnectionLost);
        }

        // Sends GOAWAY and gives the peer time to close first: closing a socket with unread bytes would discard it.
        using var timeout = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await outbox.CloseAsync().WaitAsync(timeout.Token);
            if (Outcome!.By == MuxEndedBy.Local)
            {
                await reading.WaitAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The peer did not close in time.
        }

        outbox.Stop();
        await transport.DisposeAsync();
        await reading;
        await writing;
    }

    /// <summary>Appends HELLO before anything else, so that an early GOAWAY does not overtake it (W7).</summary>
    private void AppendHello()
    {
        var mine = new Hello
        {
            Version = TunnelProtocol.Version,
            InitialStreamWindow = (uint)options.StreamWindowBytes,
            MaxStreams = (uint)options.MaxStreams,
            InstanceId = options.InstanceId,
        };
        var payloadBytes = HelloCodec.GetSize(mine);
        lock (outbox.Gate)
        {
            var frame = outbox.Append_NeedsLock(FrameReader.HeaderBytes + payloadBytes);
            FrameWriter.WriteHeader(frame, FrameType.Hello, 0, payloadBytes);
            HelloCodec.Write(frame[FrameReader.HeaderBytes..], mine);
        }
    }

    private void SendHello()
    {
        WriteStart start;
        lock (outbox.Gate)
        {
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    private void OnGoAway(PeerGoAway goAway)
    {
        life.OnGoAway(goAway);
        if (role == MuxRole.Edge)
        {
            foreach (var stream in table.Live)
            {
                if (stream.Id > goAway.LastStream)
                {
                    stream.OnLost(StreamEnd.NotHandled);
                }
            }
        }

        if (goAway.Drain == TimeSpan.Zero)
        {
            End(new MuxOutcome(MuxEndedBy.Peer, goAway.Code, goAway.Text));
        }
    }

    private void Tick()
    {
        if (life.IsOver)
        {
            return;
        }

        if (life.Hello is null && time.GetElapsedTime(startedAt) >= options.HelloTimeout)
        {
            EndByError(ConnectionErrorCode.Protocol, "No HELLO arrived within the time limit.");
        }
        else if (outbox.StalledFor >= options.WriteStall)
        {
            EndByError(ConnectionErrorCode.Idle, "A write made no progress.");
        }
        else if (!heartbeat.CheckSilence(received.LastReceived, TickPeriod))
        {
            EndByError(ConnectionErrorCode.Idle, "The peer has been silent for too long.");
        }
        else
        {
            ResetOverdue();
            CheckDrained();
        }
    }

    private void ResetOverdue()
    {
        List<MuxStream>? overdue;
        lock (outbox.Gate)
        {
            overdue = table.RemoveOverdue_NeedsLock(options.Linger);
        }

        foreach (var stream in overdue ?? [])
        {
            stream.Abort(StreamErrorCode.Cancelled);
        }
    }

    /// <summary>Closes a draining connection once its streams are closed or its time is over.</summary>
    private void CheckDrained()
    {
        if (!life.IsDrained(table.IsEmpty, out var expired, out var code, out var announced))
        {
            return;
        }

        if (expired)
        {
            foreach (var stream in table.Live)
            {
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }

        // A GOAWAY without drain time makes the peer close at once.
        EndWith(code, expired ? "the drain time has passed" : "drained", announce: announced);
    }

    private void OnFlood() =>
        // Called with the gate held, from any frame's path.
        ThreadPool.UnsafeQueueUserWorkItem(
            static connection => connection.EndByError(ConnectionErrorCode.Idle, "The peer does not read."),
            this,
            preferLocal: false
        );

    private void EndByError(ConnectionErrorCode code, string detail) => EndWith(code, detail, announce: true);

    private void EndWith(ConnectionErrorCode code, string detail, bool announce)
    {
        lock (outbox.Gate)
        {
            if (life.IsOver)
            {
                return;
            }

            if (announce)
            {
                outbox.GoAway_NeedsLock(GoAwayCodec.Frame(code, admission.LastStream_NeedsLock, TimeSpan.Zero, detail));
            }
        }

        End(new MuxOutcome(MuxEndedBy.Local, code, detail));
    }

    /// <summary>A transport that closes after the peer's GOAWAY or during our drain has closed as announced.</summary>
    private void EndOfTransport(string detail)
    {
        if (PeerGoAway.IsCompletedSuccessfully)
        {
            End(new MuxOutcome(MuxEndedBy.Peer, PeerGoAway.Result.Code, PeerGoAway.Result.Text));
        }
        else
        {
            End(new MuxOutcome(MuxEndedBy.Transport, null, detail));
        }
    }

    private void End(MuxOutcome why)
    {
        if (life.TryEnd(why))
        {
            admission.Complete();
        }
    }

    /// <summary>Receives the read loop's results. Frames after the close are dropped.</summary>
    private sealed class Sink(MuxConnection connection, FrameDispatcher dispatcher) : IFrameSink
    {
        public int Process(ReadOnlySpan<byte> received) =>
            connection.life.IsOver ? received.Length : dispatcher.Process(received);

        public void Wake() => dispatcher.Wake();

        public void OnViolation(MuxConnectionException violation) =>
            connection.EndByError(violation.Code, violation.Message);

        public void OnTransportEnd(string detail) => connection.EndOfTransport(detail);
    }
}
