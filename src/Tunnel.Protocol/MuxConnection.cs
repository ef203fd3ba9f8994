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

/// <summary>One outer connection between edge and agent that carries many streams.</summary>
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

    /// <param name="transport">The authenticated outer connection; owned and disposed by this object.</param>
    /// <param name="role">Which end this is.</param>
    /// <param name="options">Bounds and clocks.</param>
    /// <param name="time">The only clock used.</param>
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

    /// <summary>The peer's HELLO; faulted with <see cref="IOException"/> if the connection ends before it.</summary>
    public Task<Hello> PeerHello => life.PeerHello;

    /// <summary>The peer's first GOAWAY; cancelled if the connection ends without one.</summary>
    public Task<PeerGoAway> PeerGoAway => life.PeerGoAway;

    /// <summary>Why the connection is over; null while it is not.</summary>
    public MuxOutcome? Outcome => life.Outcome;

    /// <summary>Streams that occupy one of the <see cref="MuxOptions.MaxStreams"/> (W3).</summary>
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

    /// <summary>
    /// Whether the peer has left a PING unanswered for longer than a live one does. It may yet speak; until then another
    /// connection is the better choice.
    /// </summary>
    public bool IsOverdue => heartbeat.IsOverdue(received.LastReceived);

    /// <summary>Edge: how many more streams the 31 bits of an id allow (W9). Replace the connection long before 0.</summary>
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

    /// <summary>Bytes read from the transport so far.</summary>
    public long BytesReceived => received.BytesReceived;

    /// <summary>Bytes handed to the transport so far.</summary>
    public long BytesSent => outbox.BytesSent;

    /// <summary>Round trip of the latest answered PING; zero before there was one.</summary>
    public TimeSpan RoundTrip => heartbeat.Latest;

    /// <summary>Runs the connection. Completes when the connection and its transport are closed; never throws.</summary>
    /// <param name="cancellationToken">Ends the connection at once with <see cref="ConnectionErrorCode.Shutdown"/>.</param>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (outbox.Gate)
        {
            return running is null
                ? running = RunOnceAsync(cancellationToken)
                : throw new InvalidOperationException("The connection runs already.");
        }
    }

    /// <summary>Sends our HELLO, if <see cref="MuxOptions.HoldsHello"/> has kept it back.</summary>
    public void Accept() => SendHello();

    /// <summary>Agent: the next stream that the edge opened, oldest first; null when there will be no more.</summary>
    public ValueTask<MuxStream?> AcceptAsync(CancellationToken cancellationToken) =>
        admission.AcceptAsync(cancellationToken);

    /// <summary>
    /// Edge: opens a stream without a round trip. False before the agent's HELLO, after GOAWAY, at the stream limit of
    /// either side, or when the connection is over.
    /// </summary>
    public bool TryOpen(OpenPayload open, [NotNullWhen(true)] out MuxStream? stream) =>
        TryOpen(open, default, out stream);

    /// <summary>As the other overload, with the stream's first bytes in the same write.</summary>
    /// <exception cref="InvalidOperationException">This is not the edge.</exception>
    public bool TryOpen(OpenPayload open, ReadOnlySpan<byte> firstBytes, [NotNullWhen(true)] out MuxStream? stream) =>
        role == MuxRole.Edge
            ? admission.TryOpen(open, firstBytes, received.LastReceived, out stream)
            : throw new InvalidOperationException("Only the edge opens streams.");

    /// <summary>As <see cref="TryOpen(OpenPayload, out MuxStream)"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection accepts no new streams.</exception>
    public MuxStream Open(OpenPayload open) =>
        TryOpen(open, out var stream)
            ? stream
            : throw new InvalidOperationException("The connection accepts no new streams.");

    /// <summary>
    /// Closes the connection gracefully (W12, W13): no new streams; open ones may continue for <paramref name="drain"/>, then
    /// get RST(CANCELLED). The connection is over as soon as the last stream is. A second call counts if it ends sooner.
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

    /// <summary>Ends the connection at once and waits for <see cref="RunAsync"/>.</summary>
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

    /// <summary>For tests: as if so many streams had been opened.</summary>
    internal void SkipStreamIds(uint count)
    {
        lock (outbox.Gate)
        {
            admission.Skip_NeedsLock(count);
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not under the caller's gate

        // The clock is at work before the peer can have our HELLO, and nothing goes out before that.
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

        // The peer gets the GOAWAY and a moment to close first: closing a socket with unread bytes would destroy it.
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
            // The peer had its time.
        }

        outbox.Stop();
        await transport.DisposeAsync();
        await reading;
        await writing;
    }

    /// <summary>Before anything else can be appended: a GOAWAY in the first moment must not overtake it (W7).</summary>
    private void AppendHello()
    {
        var mine = new Hello
        {
            Version = TunnelProtocol.Version,
            InitialStreamWindow = (uint)options.StreamWindowBytes,
            MaxStreams = (uint)options.MaxStreams,
            InstanceId = options.InstanceId,
        };
        var payloadBytes = HelloCodec.SizeOf(mine);
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
            overdue = table.TakeOverdue_NeedsLock(options.Linger);
        }

        foreach (var stream in overdue ?? [])
        {
            stream.Abort(StreamErrorCode.Cancelled);
        }
    }

    /// <summary>Ends a draining connection once its streams are gone or its time is over.</summary>
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

        // A GOAWAY without drain time tells the peer that this was all, so that it closes at once.
        EndWith(code, expired ? "the drain time has passed" : "drained", announce: announced);
    }

    private void OnFlood() =>
        // Called with the gate held, from wherever the frame came.
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

    /// <summary>A transport that ends after the peer's GOAWAY, or during our own, ends as announced.</summary>
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

    /// <summary>Where the read loop's findings go. Frames that come in after the end are dropped.</summary>
    private sealed class Sink(MuxConnection connection, FrameDispatcher dispatcher) : IFrameSink
    {
        public int Take(ReadOnlySpan<byte> received) =>
            connection.life.IsOver ? received.Length : dispatcher.Take(received);

        public void Wake() => dispatcher.Wake();

        public void OnViolation(MuxConnectionException violation) =>
            connection.EndByError(violation.Code, violation.Message);

        public void OnTransportEnd(string detail) => connection.EndOfTransport(detail);
    }
}
