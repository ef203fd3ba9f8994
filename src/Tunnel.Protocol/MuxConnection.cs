using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Liveness;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Windows;

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
    private const int ReadBufferBytes = 32 * 1024; // the largest frame (16,393 bytes) and a TLS record beside it
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1); // W13

    /// <summary>A reader that waited so long probably waits long again, and then without a buffer.</summary>
    private static readonly TimeSpan IdleRead = TimeSpan.FromMilliseconds(100);

    private readonly Stream transport;
    private readonly MuxRole role;
    private readonly MuxOptions options;
    private readonly TimeProvider time;
    private readonly Outbox outbox;
    private readonly StreamTable table;
    private readonly PingLimiter pings;
    private readonly Heartbeat heartbeat;
    private readonly WindowBudget windows;
    private readonly Channel<MuxStream> opened = Channel.CreateUnbounded<MuxStream>(); // bounded by MaxStreams
    private readonly List<MuxStream> toWake = []; // read loop only
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Hello> peerHello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PeerGoAway> peerGoAway = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly long startedAt;

    private Task? running;
    private long lastReceived;
    private long bytesReceived;

    // Guarded by outbox.Gate.
    private Hello? hello; // the peer's
    private uint lastOpened; // edge: opened by us; agent: seen on the wire
    private uint lastHandled; // agent: the last stream that AcceptAsync gave out (W12)
    private bool peerDraining;
    private volatile bool draining;
    private long drainStartedAt;
    private TimeSpan drainFor;
    private ConnectionErrorCode drainCode;
    private MuxOutcome? outcome;
    private volatile bool over;

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
        outbox = new Outbox(transport, time, OnWriteFault, OnFlood, CheckDrained);
        pings = new PingLimiter(time);
        heartbeat = new Heartbeat(outbox, time);
        windows = new WindowBudget(options.WindowBudgetBytes, options.ProcessWindows);
        startedAt = lastReceived = time.GetTimestamp();
    }

    /// <summary>The peer's HELLO; faulted with <see cref="IOException"/> if the connection ends before it.</summary>
    public Task<Hello> PeerHello => peerHello.Task;

    /// <summary>The peer's first GOAWAY; cancelled if the connection ends without one.</summary>
    public Task<PeerGoAway> PeerGoAway => peerGoAway.Task;

    /// <summary>Why the connection is over; null while it is not.</summary>
    public MuxOutcome? Outcome
    {
        get
        {
            lock (outbox.Gate)
            {
                return outcome;
            }
        }
    }

    /// <summary>Streams that occupy one of the <see cref="MuxOptions.MaxStreams"/> (W3).</summary>
    public int OpenStreams => table.Occupied;

    /// <summary>Edge: whether <see cref="TryOpen(OpenPayload, out MuxStream)"/> may succeed.</summary>
    public bool AcceptsStreams
    {
        get
        {
            lock (outbox.Gate)
            {
                return CanOpen_NeedsLock;
            }
        }
    }

    /// <summary>Edge: how many more streams the 31 bits of an id allow (W9). Replace the connection long before 0.</summary>
    public int StreamIdsLeft
    {
        get
        {
            lock (outbox.Gate)
            {
                return (int)(int.MaxValue - lastOpened);
            }
        }
    }

    /// <summary>Bytes read from the transport so far.</summary>
    public long BytesReceived => Interlocked.Read(ref bytesReceived);

    /// <summary>Bytes handed to the transport so far.</summary>
    public long BytesSent => outbox.BytesSent;

    /// <summary>Round trip of the latest answered PING; zero before there was one.</summary>
    public TimeSpan RoundTrip => heartbeat.Latest;

    /// <summary>Runs the connection. Completes, never faults, when it is over and the transport is closed.</summary>
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

    /// <summary>Agent: the next stream that the edge opened, oldest first; null when there will be no more.</summary>
    public async ValueTask<MuxStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await opened.Reader.WaitToReadAsync(cancellationToken))
        {
            while (TryAccept(out var stream, out var live))
            {
                if (live)
                {
                    return stream;
                }

                stream.Release(); // reset before anybody saw it
            }
        }

        return null;
    }

    /// <summary>
    /// Edge: opens a stream without a round trip. False before the agent's HELLO, after GOAWAY, at the stream limit of
    /// either side, or when the connection is over.
    /// </summary>
    public bool TryOpen(OpenPayload open, [NotNullWhen(true)] out MuxStream? stream) =>
        TryOpen(open, default, out stream);

    /// <summary>As the other overload, with the stream's first bytes in the same write.</summary>
    /// <exception cref="InvalidOperationException">This is not the edge.</exception>
    public bool TryOpen(OpenPayload open, ReadOnlySpan<byte> firstBytes, [NotNullWhen(true)] out MuxStream? stream)
    {
        if (role != MuxRole.Edge)
        {
            throw new InvalidOperationException("Only the edge opens streams.");
        }

        var payloadBytes = OpenCodec.SizeOf(open);
        WriteStart start;
        lock (outbox.Gate)
        {
            if (!CanOpen_NeedsLock || outbox.IsCongested_NeedsLock)
            {
                stream = null;
                return false;
            }

            var id = ++lastOpened;
            stream = NewStream_NeedsLock(id, open);
            var frame = outbox.Append_NeedsLock(FrameReader.HeaderBytes + payloadBytes);
            FrameWriter.WriteHeader(frame, FrameType.Open, id, payloadBytes);
            OpenCodec.Write(frame[FrameReader.HeaderBytes..], open);
            if (!firstBytes.IsEmpty)
            {
                stream.SendFirst_NeedsLock(firstBytes);
            }

            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
        return true;
    }

    /// <summary>As <see cref="TryOpen(OpenPayload, out MuxStream)"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection takes no stream now.</exception>
    public MuxStream Open(OpenPayload open) =>
        TryOpen(open, out var stream)
            ? stream
            : throw new InvalidOperationException("The connection takes no stream now.");

    /// <summary>
    /// Ends the connection in order (W12, W13): no new streams; open ones may go on for <paramref name="drain"/>, then
    /// get RST(CANCELLED). The connection is over as soon as the last stream is. A second call counts if it ends sooner.
    /// </summary>
    public void GoAway(ConnectionErrorCode code, TimeSpan drain, string text)
    {
        WriteStart start;
        List<MuxStream> refused = [];
        lock (outbox.Gate)
        {
            if (over || (draining && drain >= drainFor - time.GetElapsedTime(drainStartedAt)))
            {
                return;
            }

            draining = true;
            drainStartedAt = time.GetTimestamp();
            drainFor = drain;
            drainCode = code;
            while (opened.Reader.TryRead(out var stream))
            {
                refused.Add(stream);
            }

            opened.Writer.TryComplete();
            outbox.GoAway_NeedsLock(GoAwayCodec.Frame(code, LastStream_NeedsLock, drain, text));
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
            lastOpened += count;
        }
    }

    private bool TryAccept([NotNullWhen(true)] out MuxStream? stream, out bool live)
    {
        lock (outbox.Gate)
        {
            var found = opened.Reader.TryRead(out stream);
            live = found && !stream!.IsClosed_NeedsLock;
            if (live)
            {
                lastHandled = stream!.Id;
            }

            return found;
        }
    }

    private bool CanOpen_NeedsLock =>
        !over
        && !draining
        && !peerDraining
        && hello is not null
        && table.Occupied < Math.Min((uint)options.MaxStreams, hello.MaxStreams)
        && lastOpened < int.MaxValue; // W9: ids stay below 2^31; the connection is renewed long before

    private uint LastStream_NeedsLock => role == MuxRole.Agent ? lastHandled : 0;

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not under the caller's gate
        SendHello();
        var reading = ReadLoopAsync();
        var writing = outbox.RunAsync();
        await using (time.CreateTimer(static state => ((MuxConnection)state!).Tick(), this, TickPeriod, TickPeriod))
        await using (
            cancellationToken.UnsafeRegister(
                static state => ((MuxConnection)state!).GoAway(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "stopping"),
                this
            )
        )
        {
            await ended.Task;
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
            if (outcome!.By == MuxEndedBy.Local)
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

    private void SendHello()
    {
        var mine = new Hello
        {
            Version = TunnelProtocol.Version,
            InitialStreamWindow = (uint)options.StreamWindowBytes,
            MaxStreams = (uint)options.MaxStreams,
            InstanceId = options.InstanceId,
        };
        var payloadBytes = HelloCodec.SizeOf(mine);
        WriteStart start;
        lock (outbox.Gate)
        {
            var frame = outbox.Append_NeedsLock(FrameReader.HeaderBytes + payloadBytes);
            FrameWriter.WriteHeader(frame, FrameType.Hello, 0, payloadBytes);
            HelloCodec.Write(frame[FrameReader.HeaderBytes..], mine);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>Reads until the transport ends; after the end of the connection it only reads bytes away.</summary>
    private async Task ReadLoopAsync()
    {
        var buffer = Array.Empty<byte>();
        var start = 0;
        var end = 0;
        var idle = true;
        try
        {
            while (true)
            {
                if (start == end)
                {
                    start = end = 0;
                    if (idle)
                    {
                        Return(ref buffer);
                        _ = await transport.ReadAsync(Memory<byte>.Empty); // waits without holding a buffer
                    }
                }
                else if (start > 0)
                {
                    buffer.AsSpan(start, end - start).CopyTo(buffer);
                    end -= start;
                    start = 0;
                }

                if (buffer.Length == 0)
                {
                    buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
                }

                var read = await transport.ReadAsync(buffer.AsMemory(end));
                if (read == 0)
                {
                    EndOfTransport("the peer closed the connection");
                    return;
                }

                idle = NoteReceived(read) > IdleRead;
                end += read;
                start += over ? end - start : Process(buffer.AsSpan(start, end - start));
            }
        }
        catch (MuxConnectionException e)
        {
            EndByError(e.Code, e.Message);
            await ReadAwayAsync();
        }
        catch (Exception e) // the loop's root: whatever the transport throws ends the connection
        {
            EndOfTransport(e.Message);
        }
        finally
        {
            Return(ref buffer);
        }
    }

    private async Task ReadAwayAsync()
    {
        var scratch = new byte[4096];
        try
        {
            while (await transport.ReadAsync(scratch) > 0) { }
        }
        catch (Exception) // the connection is over already
        {
            // nothing to add
        }
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    /// <summary>Returns how long the peer had been silent.</summary>
    private TimeSpan NoteReceived(int bytes)
    {
        Interlocked.Add(ref bytesReceived, bytes);
        var now = time.GetTimestamp();
        return time.GetElapsedTime(Interlocked.Exchange(ref lastReceived, now), now);
    }

    /// <summary>Handles the complete frames; returns how many bytes they were. Then wakes the readers they concern.</summary>
    private int Process(ReadOnlySpan<byte> received)
    {
        var rest = received;
        try
        {
            while (FrameReader.TryRead(ref rest, out var frame))
            {
                Handle(frame);
            }
        }
        finally
        {
            foreach (var stream in toWake)
            {
                stream.IsNotedToWake = false;
                stream.Wake();
            }

            toWake.Clear();
        }

        return received.Length - rest.Length;
    }

    private void Handle(Frame frame)
    {
        if (hello is null && frame.Type != FrameType.Hello)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "The first frame is not HELLO.");
        }

        switch (frame.Type)
        {
            case FrameType.Data:
                OnData(frame);
                break;
            case FrameType.Window:
                OnWindow(frame);
                break;
            case FrameType.Open:
                OnOpen(frame);
                break;
            case FrameType.Fin:
                if (TryGetStream(frame, out var finished))
                {
                    finished.OnFin();
                }

                break;
            case FrameType.Rst:
                if (TryGetStream(frame, out var reset))
                {
                    reset.OnRst((StreamErrorCode)BinaryPrimitives.ReadUInt16BigEndian(frame.Payload));
                }

                break;
            case FrameType.Ping:
                OnPing(BinaryPrimitives.ReadUInt64BigEndian(frame.Payload));
                break;
            case FrameType.Pong:
                OnPong(BinaryPrimitives.ReadUInt64BigEndian(frame.Payload));
                break;
            case FrameType.Hello:
                OnHello(frame);
                break;
            case FrameType.GoAway:
                OnGoAway(GoAwayCodec.Read(frame.Stream, frame.Payload));
                break;
            default: // an extension: FrameReader lets no other type pass
                break;
        }
    }

    private void OnHello(Frame frame)
    {
        if (hello is not null)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "A second HELLO arrived.");
        }

        var received = HelloCodec.Read(frame.Payload);
        lock (outbox.Gate)
        {
            hello = received;
        }

        peerHello.TrySetResult(received);
    }

    private void OnOpen(Frame frame)
    {
        if (role != MuxRole.Agent)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "An agent cannot open streams.");
        }

        if (frame.Stream <= lastOpened || frame.Stream > int.MaxValue)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "Stream ids must increase below 2^31.");
        }

        var open = OpenCodec.Read(frame.Payload);
        WriteStart start;
        lock (outbox.Gate)
        {
            lastOpened = frame.Stream;
            if (!draining && !over && table.Occupied < options.MaxStreams)
            {
                // The credit that a new stream gets beyond HELLO's leaves with whatever is sent next, usually its answer.
                opened.Writer.TryWrite(NewStream_NeedsLock(frame.Stream, open));
                return;
            }

            table.Refuse_NeedsLock(frame.Stream);
            outbox.Reset_NeedsLock(frame.Stream, draining || over ? StreamErrorCode.Refused : StreamErrorCode.Limit);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    private MuxStream NewStream_NeedsLock(uint id, OpenPayload open)
    {
        var window = new ReceiveWindow(options.StreamWindowBytes, windows, heartbeat, time);
        var stream = new MuxStream(
            id,
            open,
            outbox,
            table,
            heartbeat,
            (int)hello!.InitialStreamWindow,
            window,
            options.RunReadersInline
        );
        table.Add_NeedsLock(stream);
        if (window.AddedAtStart > 0)
        {
            outbox.Window_NeedsLock(stream, window.AddedAtStart);
        }

        return stream;
    }

    private void OnData(Frame frame)
    {
        if (TryGetStream(frame, out var stream) && stream.OnData(frame.Payload) && !stream.IsNotedToWake)
        {
            stream.IsNotedToWake = true;
            toWake.Add(stream);
        }
    }

    private void OnWindow(Frame frame)
    {
        var credit = BinaryPrimitives.ReadUInt32BigEndian(frame.Payload);
        if (credit == 0)
        {
            throw new MuxConnectionException(ConnectionErrorCode.FlowControl, "WINDOW gives no credit.");
        }

        if (TryGetStream(frame, out var stream))
        {
            stream.OnWindow(credit);
        }
    }

    /// <summary>False for a stream that closed before, if the frame may still arrive then.</summary>
    /// <exception cref="MuxConnectionException">The stream was never opened, or the peer had ended it (W9, W11).</exception>
    private bool TryGetStream(Frame frame, [NotNullWhen(true)] out MuxStream? stream)
    {
        if (table.TryGet(frame.Stream, out stream))
        {
            return true;
        }

        lock (outbox.Gate)
        {
            if (frame.Stream > lastOpened)
            {
                throw new MuxConnectionException(
                    ConnectionErrorCode.Protocol,
                    $"{frame.Type} arrived on stream {frame.Stream}, which was never opened."
                );
            }

            table.CheckClosed_NeedsLock(frame.Stream, frame.Type);
            return false;
        }
    }

    private void OnPing(ulong opaque)
    {
        if (!pings.TryCount())
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "Too many PINGs arrived.");
        }

        WriteStart start;
        lock (outbox.Gate)
        {
            outbox.Pong_NeedsLock(opaque);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    private void OnPong(ulong opaque)
    {
        lock (outbox.Gate)
        {
            heartbeat.Answered_NeedsLock(opaque);
        }
    }

    private void OnGoAway(PeerGoAway goAway)
    {
        lock (outbox.Gate)
        {
            peerDraining = true;
        }

        peerGoAway.TrySetResult(goAway);
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
        if (over)
        {
            return;
        }

        if (!peerHello.Task.IsCompleted && time.GetElapsedTime(startedAt) >= options.HelloTimeout)
        {
            EndByError(ConnectionErrorCode.Protocol, "No HELLO arrived in time.");
        }
        else if (outbox.StalledFor >= options.WriteStall)
        {
            EndByError(ConnectionErrorCode.Idle, "A write made no progress.");
        }
        else
        {
            CheckSilence();
            ResetOverdue();
            CheckDrained();
        }
    }

    private void CheckSilence()
    {
        var now = time.GetTimestamp();
        var heard = Interlocked.Read(ref lastReceived);
        WriteStart start;
        lock (outbox.Gate)
        {
            var action = Silence.Decide(
                time.GetElapsedTime(heard, now),
                heartbeat.Unanswered_NeedsLock(heard, now),
                options.PingAfter,
                options.DeadAfter
            );
            if (action == SilenceAction.Dead)
            {
                EndByError(ConnectionErrorCode.Idle, "The peer has been silent for too long.");
                return;
            }

            if (action == SilenceAction.None)
            {
                return;
            }

            heartbeat.Send_NeedsLock(now);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
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
        if (!draining || over)
        {
            return;
        }

        ConnectionErrorCode code;
        bool expired;
        lock (outbox.Gate)
        {
            expired = time.GetElapsedTime(drainStartedAt) >= drainFor;
            if (!expired && !table.IsEmpty)
            {
                return;
            }

            code = drainCode;
        }

        if (expired)
        {
            foreach (var stream in table.Live)
            {
                stream.Abort(StreamErrorCode.Cancelled);
            }
        }

        // A GOAWAY without drain time tells the peer that this was all, so that it closes at once.
        EndWith(code, expired ? "the drain time is over" : "drained", announce: drainFor > TimeSpan.Zero);
    }

    private void OnWriteFault(Exception e) => EndOfTransport(e.Message);

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
            if (over)
            {
                return;
            }

            if (announce)
            {
                outbox.GoAway_NeedsLock(GoAwayCodec.Frame(code, LastStream_NeedsLock, TimeSpan.Zero, detail));
            }
        }

        End(new MuxOutcome(MuxEndedBy.Local, code, detail));
    }

    /// <summary>A transport that ends after the peer's GOAWAY, or during our own, ends as announced.</summary>
    private void EndOfTransport(string detail)
    {
        if (peerGoAway.Task.IsCompletedSuccessfully)
        {
            End(new MuxOutcome(MuxEndedBy.Peer, peerGoAway.Task.Result.Code, peerGoAway.Task.Result.Text));
        }
        else
        {
            End(new MuxOutcome(MuxEndedBy.Transport, null, detail));
        }
    }

    private void End(MuxOutcome why)
    {
        lock (outbox.Gate)
        {
            if (over)
            {
                return;
            }

            outcome = why;
            over = true;
        }

        opened.Writer.TryComplete();
        peerHello.TrySetException(new IOException($"The connection ended before HELLO: {why.Detail}"));
        _ = peerHello.Task.Exception; // observed: not every owner waits for HELLO
        peerGoAway.TrySetCanceled();
        ended.TrySetResult();
    }
}
