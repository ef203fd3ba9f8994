using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// Everything that one connection sends: a buffer that fills while the previous one is written. DATA stops at a soft limit
/// and takes turns, one frame per stream (W14); control frames never wait for space (W5).
/// </summary>
/// <remarks>
/// A thread that changes what to send holds <see cref="Gate"/>, then calls <see cref="Begin_NeedsLock"/>, releases the gate
/// and passes the result to <see cref="Run"/>.
/// </remarks>
internal sealed class Outbox
{
    /// <summary>DATA is framed only up to this size: seven full records, one 128 KiB array for the socket.</summary>
    public const int SoftLimitBytes = 7 * 16 * 1024;

    /// <summary>
    /// Control frames that do not coalesce (OPEN, FIN, RST of new streams) accumulate only when a peer does not read. Above
    /// this size the edge opens no streams; above four times this the connection closes.
    /// </summary>
    public const int CongestedBytes = 1024 * 1024;

    /// <summary>Largest batch written on the caller's thread, so that small messages avoid a thread switch.</summary>
    private const int InlineBytes = 2048;

    /// <summary>A frame of this size alone fits into one TLS record (RFC 8446 §5.1: 2^14 bytes).</summary>
    private const int MaxSentDataBytes = TunnelProtocol.MaxDataBytes - FrameReader.HeaderBytes;

    private readonly BatchWriter writer;
    private readonly Action onFlood;
    private readonly Action onFramed;

    // Guarded by Gate.
    private readonly FrameBuffer filling = new();
    private readonly PendingControl pending = new();
    private readonly RoundRobinQueue queues = new();
    private bool closing; // no more DATA

    /// <param name="onFault">Called once, without the gate, when a write fails.</param>
    /// <param name="onFlood">More control frames are queued than an honest peer could cause; called with the gate
    /// held.</param>
    /// <param name="onFramed">Pending bytes and FINs may have been framed; called without the gate.</param>
    /// <param name="bytesTaken">Progress of a running write (W5); null = unknown.</param>
    public Outbox(
        Stream transport,
        TimeProvider time,
        Action<Exception> onFault,
        Action onFlood,
        Action onFramed,
        Func<long?>? bytesTaken = null
    )
    {
        writer = new BatchWriter(this, transport, time, onFault, bytesTaken);
        this.onFlood = onFlood;
        this.onFramed = onFramed;
    }

    /// <summary>Guards this object, the sending half of every stream, and stream states.</summary>
    public Lock Gate { get; } = new();

    public long BytesSent => writer.BytesSent;

    public bool IsCongested_NeedsLock => filling.Length > CongestedBytes;

    public TimeSpan StalledFor => writer.StalledFor;

    internal bool HasWork_NeedsLock => filling.Length > 0 || pending.Any;

    /// <summary>Reserves space for a control frame that is never delayed or merged.</summary>
    public Span<byte> Append_NeedsLock(int frameBytes)
    {
        if (filling.Length + frameBytes > 4 * CongestedBytes)
        {
            onFlood();
        }

        return filling.Append(frameBytes);
    }

    public void Reset_NeedsLock(uint stream, StreamErrorCode code) =>
        FrameWriter.WriteRst(Append_NeedsLock(FrameWriter.RstFrameBytes), stream, code);

    public void Fin_NeedsLock(uint stream) =>
        FrameWriter.WriteHeader(Append_NeedsLock(FrameWriter.FinFrameBytes), FrameType.Fin, stream, 0);

    public void Ping_NeedsLock(ulong opaque) => pending.Ping(opaque);

    public void Pong_NeedsLock(ulong opaque) => pending.Pong(opaque);

    /// <summary>
    /// Appended before the RSTs of the streams that it refuses; otherwise the peer could reopen those streams on this
    /// connection. Only a few are sent, each with a shorter drain.
    /// </summary>
    public void GoAway_NeedsLock(byte[] frame) => frame.CopyTo(filling.Append(frame.Length));

    public void Window_NeedsLock(SendingHalf stream, int credit) => pending.Window(stream, credit);

    /// <summary>Frames the caller's bytes without a copy if no other stream waits. Returns how many.</summary>
    public int Send_NeedsLock(SendingHalf output, ReadOnlySpan<byte> data)
    {
        var sent = 0;
        while (sent < data.Length && queues.Head is null)
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

    /// <summary>Queues a stream with bytes and credit; it sends when the batch has space again.</summary>
    public void Enqueue_NeedsLock(SendingHalf output)
    {
        if (!output.IsReady)
        {
            queues.Join(output);
            Pump_NeedsLock();
        }
    }

    /// <summary>Decides who writes the appended bytes. Pass the result to <see cref="Run"/> outside the gate.</summary>
    public WriteStart Begin_NeedsLock()
    {
        if (writer.IsBusy_NeedsLock || !HasWork_NeedsLock)
        {
            return WriteStart.None;
        }

        pending.MoveTo(filling);
        return writer.Begin_NeedsLock(inline: filling.Length <= InlineBytes);
    }

    public void Run(WriteStart start)
    {
        writer.Run(start);
        onFramed();
    }

    public Task RunAsync() => writer.RunAsync();

    /// <summary>Drops all DATA; the task completes when everything else is written.</summary>
    public Task CloseAsync()
    {
        WriteStart start;
        Task flushed;
        lock (Gate)
        {
            closing = true;
            queues.Clear();
            start = Begin_NeedsLock();
            flushed = writer.Flushed_NeedsLock();
        }

        Run(start);
        return flushed;
    }

    public void Stop() => writer.Stop();

    /// <summary>Writer: takes all bytes to send, filled up with the DATA of waiting streams.</summary>
    internal (byte[] Array, int Length) RemoveBatch_NeedsLock()
    {
        pending.MoveTo(filling);
        var batch = filling.Detach();
        Pump_NeedsLock();
        return batch;
    }

    /// <summary>Writer, without the gate: taking a batch has freed space.</summary>
    internal void AfterFraming() => onFramed();

    /// <summary>Round-robin: one frame for the stream at the head, which then moves to the tail (W14).</summary>
    private void Pump_NeedsLock()
    {
        while (queues.Head is { } output && !closing)
        {
            if (output.Unsent_NeedsLock.IsEmpty || output.Credit == 0)
            {
                queues.Remove();
                continue;
            }

            var size = FrameData_NeedsLock(output, output.Unsent_NeedsLock);
            if (size == 0)
            {
                return; // no space
            }

            queues.Remove();
            output.Sent_NeedsLock(size);
            if (!output.Unsent_NeedsLock.IsEmpty && output.Credit > 0)
            {
                queues.Join(output);
            }
        }
    }

    /// <summary>Frames the front of <paramref name="data"/>; 0 if credit or space is missing.</summary>
    private int FrameData_NeedsLock(SendingHalf output, ReadOnlySpan<byte> data)
    {
        var size = Math.Min(Math.Min(data.Length, MaxSentDataBytes), output.Credit);
        if (size == 0 || closing || filling.Length + FrameReader.HeaderBytes + size > SoftLimitBytes)
        {
            return 0;
        }

        var frame = filling.Append(FrameReader.HeaderBytes + size);
        FrameWriter.WriteHeader(frame, FrameType.Data, output.StreamId, size);
        data[..size].CopyTo(frame[FrameReader.HeaderBytes..]);
        output.Credit -= size;
        return size;
    }
}
