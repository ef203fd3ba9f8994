using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>
/// The received bytes of a stream. The read loop appends, one consumer reads; consumed bytes return to the peer as credit
/// (W2). Buffers hold only unread bytes, so the credit window bounds them.
/// </summary>
internal sealed class StreamInput : PipeReader, IValueTaskSource<ReadResult>
{
    private const int MinSegmentBytes = 4096;
    private const int SpareSegments = 4;

    private static readonly ReadResult Ended = new(default, isCanceled: true, isCompleted: false);

    private readonly MuxStream stream;
    private readonly Lock gate = new(); // never taken around Outbox.Gate, nor the other way round

    // Guarded by gate.
    private readonly ReceiveWindow window;
    private InputSegment? first;
    private InputSegment? last;
    private InputSegment? spares; // objects without buffers
    private int spareCount;
    private long head; // absolute position of the first byte not consumed
    private long examined; // a reader waits until there is a byte beyond
    private long tail; // absolute position behind the last byte received
    private bool finished; // the peer's FIN
    private (StreamEnd End, StreamErrorCode Code)? failure;
    private bool completed; // the consumer reads no more
    private bool handedOut; // a result is in use: its memory must stay
    private bool waiting;
    private bool cancelled;
    private bool endCancels; // what an early end does to the pending read
    private CancellationToken waitToken;
    private CancellationTokenRegistration waitRegistration;
    private ManualResetValueTaskSourceCore<ReadResult> waiter;

    public StreamInput(MuxStream stream, ReceiveWindow window, bool inline)
    {
        this.stream = stream;
        this.window = window;
        waiter.RunContinuationsAsynchronously = !inline;
    }

    /// <summary>Read loop: copies the payload of a DATA frame. True if a pending reader should be woken.</summary>
    /// <exception cref="MuxConnectionException">The peer sent more than its credit.</exception>
    public bool Receive(ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                return false; // crossed our RST: costs nothing
            }

            if (!window.TryReceive(data.Length))
            {
                throw new MuxConnectionException(
                    ConnectionErrorCode.FlowControl,
                    $"Stream {stream.Id} got more bytes than its credit."
                );
            }

            if (completed)
            {
                return false; // no credit for unread bytes: the peer stops at the window
            }

            Append_NeedsLock(data);
            return waiting;
        }
    }

    /// <summary>Read loop: the peer's FIN. Call <see cref="Wake"/> afterwards.</summary>
    public void Finish()
    {
        lock (gate)
        {
            finished = true;
        }
    }

    /// <summary>Ends the stream early; drops unread bytes unless FIN was received. Call <see cref="Wake"/> next.</summary>
    public void Fail(StreamEnd end, StreamErrorCode code)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                return;
            }

            if (finished && head == tail)
            {
                window.Close();
                return;
            }

            failure = (end, code);
            if (!handedOut)
            {
                ReleaseAll_NeedsLock();
                window.Close();
            }
        }
    }

    /// <summary>Completes a pending read if there is a reason to. Runs the reader if readers run inline.</summary>
    public void Wake()
    {
        ReadResult result = default;
        Exception? error = null;
        CancellationTokenRegistration registration;
        lock (gate)
        {
            if (!waiting)
            {
                return;
            }

            if (failure is { } ended)
            {
                result = Ended;
                error = endCancels ? null : new MuxStreamException(ended.End, ended.Code);
            }
            else if (waitToken.IsCancellationRequested)
            {
                error = new OperationCanceledException(waitToken);
            }
            else if (!TryResult_NeedsLock(out result))
            {
                return;
            }

            waiting = false;
            waitToken = default;
            (registration, waitRegistration) = (waitRegistration, default);
        }

        registration.Unregister();
        if (error is not null)
        {
            waiter.SetException(error);
        }
        else
        {
            waiter.SetResult(result);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(earlyEndCancels: false, cancellationToken);

    public ValueTask<ReadResult> ReadOrEndAsync() => ReadAsync(earlyEndCancels: true, CancellationToken.None);

    public override bool TryRead(out ReadResult result)
    {
        lock (gate)
        {
            return TryReadNow_NeedsLock(earlyEndCancels: false, out result);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int grant;
        bool mayGrow;
        lock (gate)
        {
            handedOut = false;
            if (failure is not null || completed)
            {
                ReleaseAll_NeedsLock();
                window.Close();
                return;
            }

            // A position without a segment is from an empty result: nothing consumed, everything examined.
            var consumedTo = FindPosition(consumed) ?? head;
            if (consumedTo < head || consumedTo > tail)
            {
                throw new ArgumentOutOfRangeException(nameof(consumed));
            }

            this.examined = Math.Max(consumedTo, FindPosition(examined) ?? tail);
            var taken = (int)(consumedTo - head);
            head = consumedTo;
            ReleaseConsumed_NeedsLock();
            grant = finished ? 0 : window.Consume(taken);
            mayGrow = window.MayGrow;
        }

        if (grant > 0)
        {
            stream.SendCredit(grant, mayGrow);
        }
    }

    public override void CancelPendingRead()
    {
        lock (gate)
        {
            cancelled = true;
        }

        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (gate)
        {
            if (completed)
            {
                return;
            }

            completed = true;
            handedOut = false;
            ReleaseAll_NeedsLock();
            window.Close(); // later bytes are dropped
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => waiter.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => waiter.OnCompleted(continuation, state, token, flags);

    private ValueTask<ReadResult> ReadAsync(bool earlyEndCancels, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short token;
        lock (gate)
        {
            if (TryReadNow_NeedsLock(earlyEndCancels, out var result))
            {
                return new ValueTask<ReadResult>(result);
            }

            if (waiting)
            {
                throw new InvalidOperationException("A read is already waiting.");
            }

            waiter.Reset();
            waiting = true;
            endCancels = earlyEndCancels;
            waitToken = cancellationToken;
            token = waiter.Version;
        }

        if (cancellationToken.CanBeCanceled)
        {
            RegisterWait(cancellationToken);
        }

        return new ValueTask<ReadResult>(this, token);
    }

    private bool TryReadNow_NeedsLock(bool earlyEndCancels, out ReadResult result)
    {
        if (completed)
        {
            throw new InvalidOperationException("The reader has been completed.");
        }

        if (failure is { } ended)
        {
            if (!earlyEndCancels)
            {
                throw new MuxStreamException(ended.End, ended.Code);
            }

            result = Ended;
            return true;
        }

        return TryResult_NeedsLock(out result);
    }

    private bool TryResult_NeedsLock(out ReadResult result)
    {
        if (!cancelled && !finished && tail <= examined)
        {
            result = default;
            return false;
        }

        var buffer = first is null
            ? default
            : new ReadOnlySequence<byte>(
                first,
                (int)(head - first.RunningIndex),
                last!,
                (int)(tail - last!.RunningIndex)
            );
        result = new ReadResult(buffer, cancelled, finished);
        cancelled = false;
        handedOut = true;
        return true;
    }

    private void RegisterWait(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static state => ((StreamInput)state!).Wake(), this);
        lock (gate)
        {
            if (waiting)
            {
                waitRegistration = registration;
                return;
            }
        }

        registration.Unregister(); // completed meanwhile
    }

    private void Append_NeedsLock(ReadOnlySpan<byte> data)
    {
        tail += data.Length;
        if (last is { Free: > 0 } && last.Free >= Math.Min(data.Length, MinSegmentBytes / 2))
        {
            var fits = Math.Min(last.Free, data.Length);
            last.Append(data[..fits]);
            data = data[fits..];
        }

        if (data.IsEmpty)
        {
            return;
        }

        var segment = RentSpare_NeedsLock() ?? new InputSegment();
        segment.Rent(Math.Max(data.Length, MinSegmentBytes), tail - data.Length);
        segment.Append(data);
        last?.Link(segment);
        last = segment;
        first ??= segment;
    }

    private InputSegment? RentSpare_NeedsLock()
    {
        if (spares is not { } segment)
        {
            return null;
        }

        spares = segment.NextSegment;
        spareCount--;
        segment.Unlink();
        return segment;
    }

    private void ReleaseConsumed_NeedsLock()
    {
        while (first is { } segment && segment.EndPosition <= head)
        {
            first = segment.NextSegment;
            Release_NeedsLock(segment);
        }

        if (first is null)
        {
            last = null;
        }
    }

    private void ReleaseAll_NeedsLock()
    {
        head = tail;
        ReleaseConsumed_NeedsLock();
    }

    private void Release_NeedsLock(InputSegment segment)
    {
        segment.Return();
        if (spareCount < SpareSegments)
        {
            if (spares is not null)
            {
                segment.Link(spares);
            }

            spares = segment;
            spareCount++;
        }
    }

    private static long? FindPosition(SequencePosition position) =>
        position.GetObject() is InputSegment segment ? segment.RunningIndex + position.GetInteger() : null;
}
