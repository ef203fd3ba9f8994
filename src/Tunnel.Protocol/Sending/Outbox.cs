using System.Buffers;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// Everything that goes out on one connection: a buffer that fills while the one before it is being written. DATA stops
/// at a soft limit and is taken one frame per stream and turn (W14); control frames never wait for space, and those that
/// can repeat are kept as one pending value until a batch is taken (W5).
/// </summary>
/// <remarks>
/// Whoever changes what is to be sent holds <see cref="Gate"/>, then calls <see cref="Begin_NeedsLock"/>, releases the
/// gate and passes the answer to <see cref="Run"/>. Buffers are rented while there is something to send, not longer.
/// </remarks>
/// <param name="transport">Where batches go.</param>
/// <param name="time">The clock of <see cref="StalledFor"/>.</param>
/// <param name="onFault">The transport cannot be written to; called once, without the gate.</param>
/// <param name="onFlood">More control frames wait than an honest peer could cause; called with the gate held.</param>
/// <param name="onFramed">Waiting bytes and FINs may have been framed; called without the gate.</param>
internal sealed class Outbox(
    Stream transport,
    TimeProvider time,
    Action<Exception> onFault,
    Action onFlood,
    Action onFramed
)
{
    /// <summary>DATA is framed only while the batch stays within it.</summary>
    public const int SoftLimitBytes = 128 * 1024;

    /// <summary>
    /// Control frames that do not coalesce (OPEN, FIN, RST of ever new streams) pile up only behind a peer that does
    /// not read. Past this the edge opens no more streams, past four times this the connection ends.
    /// </summary>
    public const int CongestedBytes = 1024 * 1024;

    /// <summary>
    /// Largest batch written on the caller's thread: a call or an answer leaves without a thread hop, while bulk still
    /// gathers into full TLS records.
    /// </summary>
    private const int InlineBytes = 2048;

    private const int FirstBufferBytes = 4096;

    /// <summary>A frame that goes out alone then fits into one TLS record (RFC 8446 §5.1: 2^14 bytes).</summary>
    private const int MaxSentDataBytes = TunnelProtocol.MaxDataBytes - FrameReader.HeaderBytes;

    /// <summary>One TLS record; progress is noted after each, so that a slow peer is not taken for a stuck one.</summary>
    private const int ChunkBytes = 16 * 1024;

    private readonly WriteSignal signal = new();
    private readonly TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by Gate.
    private byte[] filling = [];
    private int filled;
    private StreamOutput? readyHead; // streams with bytes and credit, waiting for their turn
    private StreamOutput? readyTail;
    private MuxStream? creditHead; // streams with a WINDOW to send; order does not matter
    private byte[]? pendingGoAway;
    private ulong? pendingPing;
    private ulong? pendingPong;
    private bool writing; // somebody owns the fields below and will look for more before clearing it
    private bool closing; // no more DATA; flushed completes when the rest is written
    private bool stopped;

    // Owned by whoever set writing.
    private byte[] batch = [];
    private int batchLength;
    private ValueTask startedWrite;
    private bool hasStartedWrite;

    private long writeStartedAt; // timestamp of the last progress of a running write; 0 = none is running
    private long bytesSent;

    /// <summary>Guards this object, the sending half of every stream, and stream states.</summary>
    public Lock Gate { get; } = new();

    public long BytesSent => Interlocked.Read(ref bytesSent);

    public bool IsCongested_NeedsLock => filled > CongestedBytes;

    /// <summary>How long the running write has made no progress; zero if none is running.</summary>
    public TimeSpan StalledFor
    {
        get
        {
            var since = Interlocked.Read(ref writeStartedAt);
            return since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);
        }
    }

    /// <summary>Space for one control frame that is never delayed nor merged.</summary>
    public Span<byte> Append_NeedsLock(int frameBytes)
    {
        EnsureSpace_NeedsLock(frameBytes);
        var space = filling.AsSpan(filled, frameBytes);
        filled += frameBytes;
        return space;
    }

    public void Reset_NeedsLock(uint stream, StreamErrorCode code) =>
        FrameWriter.WriteRst(Append_NeedsLock(FrameWriter.RstFrameBytes), stream, code);

    public void Fin_NeedsLock(uint stream) =>
        FrameWriter.WriteHeader(Append_NeedsLock(FrameWriter.FinFrameBytes), FrameType.Fin, stream, 0);

    public void Ping_NeedsLock(ulong opaque) => pendingPing = opaque;

    public void Pong_NeedsLock(ulong opaque) => pendingPong = opaque;

    public void GoAway_NeedsLock(byte[] frame) => pendingGoAway = frame;

    public void Window_NeedsLock(MuxStream stream, int credit)
    {
        if (stream.PendingWindow == 0)
        {
            stream.NextWithCredit = creditHead;
            creditHead = stream;
        }

        stream.PendingWindow += credit;
    }

    /// <summary>
    /// Frames bytes straight from the caller's memory, as long as no other stream waits for its turn. Returns how many.
    /// </summary>
    public int Send_NeedsLock(StreamOutput output, ReadOnlySpan<byte> data)
    {
        var sent = 0;
        while (sent < data.Length && readyHead is null)
        {
            var size = FrameData_NeedsLock(output, data[sent..]);
            if (size == 0)
            {
                break;
            }

            sent += size;
        }

        return sent;
    }

    /// <summary>Puts a stream with bytes and credit into the round; it sends when the batch has space again.</summary>
    public void Enqueue_NeedsLock(StreamOutput output)
    {
        if (output.IsReady)
        {
            return;
        }

        AddReady_NeedsLock(output);
        Pump_NeedsLock();
    }

    /// <summary>Decides who writes what has been appended. The answer goes to <see cref="Run"/> outside the gate.</summary>
    public WriteStart Begin_NeedsLock()
    {
        if (writing || stopped || !HasWork_NeedsLock)
        {
            return WriteStart.None;
        }

        writing = true;
        AppendPending_NeedsLock();
        if (filled > InlineBytes)
        {
            return WriteStart.Loop;
        }

        TakeBatch_NeedsLock();
        return WriteStart.Inline;
    }

    public void Run(WriteStart start)
    {
        if (start == WriteStart.Loop)
        {
            signal.Set();
        }
        else if (start == WriteStart.Inline)
        {
            WriteInline();
        }

        onFramed();
    }

    /// <summary>The write loop; ends after <see cref="Stop"/> or with the transport.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.WaitAsync();
                if (hasStartedWrite)
                {
                    hasStartedWrite = false;
                    await startedWrite;
                }

                while (TryTakeNext())
                {
                    for (var offset = 0; offset < batchLength; offset += ChunkBytes)
                    {
                        Interlocked.Exchange(ref writeStartedAt, time.GetTimestamp());
                        await transport.WriteAsync(
                            batch.AsMemory(offset, Math.Min(ChunkBytes, batchLength - offset)),
                            CancellationToken.None // a stuck write ends when the transport is disposed
                        );
                    }
                }

                if (IsStopped())
                {
                    return;
                }
            }
        }
        catch (Exception e) // the loop's root: whatever the transport throws ends the connection
        {
            Fault(e);
        }
    }

    /// <summary>Lets go of all DATA; the task completes when what else was appended is written.</summary>
    public Task CloseAsync()
    {
        WriteStart start;
        lock (Gate)
        {
            closing = true;
            readyHead = readyTail = null;
            start = Begin_NeedsLock();
            if (!writing)
            {
                flushed.TrySetResult();
            }
        }

        Run(start);
        return flushed.Task;
    }

    /// <summary>Ends <see cref="RunAsync"/>, if need be once the transport has been disposed.</summary>
    public void Stop()
    {
        lock (Gate)
        {
            stopped = true;
            if (writing)
            {
                return;
            }

            writing = true;
        }

        signal.Set();
    }

    private bool HasWork_NeedsLock =>
        filled > 0
        || creditHead is not null
        || pendingPing is not null
        || pendingPong is not null
        || pendingGoAway is not null;

    private void WriteInline()
    {
        try
        {
            Interlocked.Exchange(ref writeStartedAt, time.GetTimestamp());
            var write = transport.WriteAsync(batch.AsMemory(0, batchLength), CancellationToken.None);
            if (!write.IsCompleted)
            {
                startedWrite = write;
                hasStartedWrite = true;
                signal.Set();
                return;
            }

            write.GetAwaiter().GetResult();
        }
        catch (Exception e) // the caller only wanted to send; the connection's owner hears of the fault
        {
            Fault(e);
            signal.Set(); // the loop, which did not own this write, ends too
            return;
        }

        bool more;
        lock (Gate)
        {
            more = HasWork_NeedsLock && !stopped;
            if (!more)
            {
                EndWriting_NeedsLock();
                more = stopped;
                writing = more;
            }
        }

        // More came meanwhile: the loop takes it, so that this caller is not kept writing for others.
        if (more)
        {
            signal.Set();
        }
    }

    private bool TryTakeNext()
    {
        lock (Gate)
        {
            if (stopped || !HasWork_NeedsLock)
            {
                EndWriting_NeedsLock();
                return false;
            }

            AppendPending_NeedsLock();
            TakeBatch_NeedsLock();
        }

        onFramed();
        return true;
    }

    private bool IsStopped()
    {
        lock (Gate)
        {
            return stopped;
        }
    }

    private void Fault(Exception e)
    {
        lock (Gate)
        {
            stopped = true;
            flushed.TrySetResult();
        }

        Interlocked.Exchange(ref writeStartedAt, 0);
        onFault(e);
    }

    private void EndWriting_NeedsLock()
    {
        writing = false;
        Interlocked.Exchange(ref writeStartedAt, 0);
        ReturnBatch_NeedsLock();
        if (closing || stopped)
        {
            flushed.TrySetResult();
        }
    }

    private void TakeBatch_NeedsLock()
    {
        ReturnBatch_NeedsLock();
        batch = filling;
        batchLength = filled;
        filling = [];
        filled = 0;
        Interlocked.Add(ref bytesSent, batchLength);
        Pump_NeedsLock();
    }

    private void ReturnBatch_NeedsLock()
    {
        if (batch.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(batch);
            batch = [];
            batchLength = 0;
        }
    }

    /// <summary>Turns what was kept pending into frames. Each kind has at most one frame per batch and stream.</summary>
    private void AppendPending_NeedsLock()
    {
        for (var stream = creditHead; stream is not null; )
        {
            FrameWriter.WriteWindow(
                Append_NeedsLock(FrameWriter.WindowFrameBytes),
                stream.Id,
                (uint)stream.PendingWindow
            );
            stream.PendingWindow = 0;
            (stream, stream.NextWithCredit) = (stream.NextWithCredit, null);
        }

        creditHead = null;
        if (pendingPing is { } ping)
        {
            FrameWriter.WritePing(Append_NeedsLock(FrameWriter.PingFrameBytes), FrameType.Ping, ping);
            pendingPing = null;
        }

        if (pendingPong is { } pong)
        {
            FrameWriter.WritePing(Append_NeedsLock(FrameWriter.PingFrameBytes), FrameType.Pong, pong);
            pendingPong = null;
        }

        if (pendingGoAway is { } goAway)
        {
            goAway.CopyTo(Append_NeedsLock(goAway.Length));
            pendingGoAway = null;
        }
    }

    /// <summary>Round-robin: one frame for the stream at the head, which then goes to the tail (W14).</summary>
    private void Pump_NeedsLock()
    {
        while (readyHead is { } output && !closing)
        {
            if (output.Unsent_NeedsLock.IsEmpty || output.Credit == 0)
            {
                Dequeue_NeedsLock();
                continue;
            }

            var size = FrameData_NeedsLock(output, output.Unsent_NeedsLock);
            if (size == 0)
            {
                return; // no space
            }

            Dequeue_NeedsLock();
            output.Sent_NeedsLock(size);
            if (!output.Unsent_NeedsLock.IsEmpty && output.Credit > 0)
            {
                AddReady_NeedsLock(output);
            }
        }
    }

    private void AddReady_NeedsLock(StreamOutput output)
    {
        output.IsReady = true;
        output.NextReady = null;
        if (readyTail is null)
        {
            readyHead = output;
        }
        else
        {
            readyTail.NextReady = output;
        }

        readyTail = output;
    }

    private void Dequeue_NeedsLock()
    {
        var output = readyHead!;
        readyHead = output.NextReady;
        if (readyHead is null)
        {
            readyTail = null;
        }

        output.NextReady = null;
        output.IsReady = false;
    }

    /// <summary>Frames the front of <paramref name="data"/>; 0 if credit or space are lacking.</summary>
    private int FrameData_NeedsLock(StreamOutput output, ReadOnlySpan<byte> data)
    {
        var size = Math.Min(Math.Min(data.Length, MaxSentDataBytes), output.Credit);
        if (size == 0 || closing || filled + FrameReader.HeaderBytes + size > SoftLimitBytes)
        {
            return 0;
        }

        var frame = Append_NeedsLock(FrameReader.HeaderBytes + size);
        FrameWriter.WriteHeader(frame, FrameType.Data, output.StreamId, size);
        data[..size].CopyTo(frame[FrameReader.HeaderBytes..]);
        output.Credit -= size;
        return size;
    }

    private void EnsureSpace_NeedsLock(int bytes)
    {
        var needed = filled + bytes;
        if (needed <= filling.Length)
        {
            return;
        }

        if (needed > 4 * CongestedBytes)
        {
            onFlood();
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, FirstBufferBytes), filling.Length * 2));
        filling.AsSpan(0, filled).CopyTo(larger);
        if (filling.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(filling);
        }

        filling = larger;
    }
}
