using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Sending;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>
/// The sending half of a stream. A flush frames as much as credit and the batch allow, and completes at once if that was
/// everything; the rest waits for its turn in <see cref="Outbox"/>. Holds a buffer only while bytes wait.
/// </summary>
internal sealed class StreamOutput : SendingHalf, IValueTaskSource<FlushResult>
{
    private const int MinBufferBytes = 4096;

    private readonly MuxStream stream;
    private readonly Outbox outbox;
    private ManualResetValueTaskSourceCore<FlushResult> waiter = new() { RunContinuationsAsynchronously = true };

    // Guarded by Outbox.Gate.
    private byte[] buffer = [];
    private int head; // first byte not framed
    private int committed; // end of the flushed bytes
    private int tail; // end of the written bytes
    private bool lent; // the caller may be writing into the buffer: it must not go back to the pool
    private bool completed; // the caller writes no more
    private (StreamEnd End, StreamErrorCode Code)? failure;
    private bool waiting;
    private bool cancelled;
    private CancellationToken waitToken;
    private CancellationTokenRegistration waitRegistration;

    public StreamOutput(MuxStream stream, Outbox outbox, int credit)
        : base(stream.Id, credit)
    {
        this.stream = stream;
        this.outbox = outbox;
    }

    public override ReadOnlySpan<byte> Unsent_NeedsLock => buffer.AsSpan(head, committed - head);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes
    {
        get
        {
            lock (outbox.Gate)
            {
                return tail - committed;
            }
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (outbox.Gate)
        {
            ThrowIfCompleted_NeedsLock();
            EnsureSpace_NeedsLock(Math.Max(sizeHint, 1));
            lent = true;
            return buffer.AsMemory(tail);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (outbox.Gate)
        {
            if (bytes < 0 || bytes > buffer.Length - tail)
            {
                throw new ArgumentOutOfRangeException(nameof(bytes));
            }

            tail += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(default, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        WriteStart start;
        bool mustWait;
        short token = 0;
        FlushResult result = default;
        lock (outbox.Gate)
        {
            if (failure is { } ended)
            {
                throw new MuxStreamException(ended.End, ended.Code);
            }

            ThrowIfCompleted_NeedsLock();
            Send_NeedsLock(source.Span);
            start = outbox.Begin_NeedsLock();
            mustWait = head < committed && !cancelled;
            if (mustWait)
            {
                if (waiting)
                {
                    throw new InvalidOperationException("A flush is already waiting.");
                }

                waiter.Reset();
                waiting = true;
                waitToken = cancellationToken;
                token = waiter.Version;
            }
            else
            {
                result = new FlushResult(cancelled, isCompleted: false);
                cancelled = false;
            }
        }

        outbox.Run(start);
        if (!mustWait)
        {
            return new ValueTask<FlushResult>(result);
        }

        if (cancellationToken.CanBeCanceled)
        {
            RegisterWait(cancellationToken);
        }

        return new ValueTask<FlushResult>(this, token);
    }

    public override void CancelPendingFlush()
    {
        lock (outbox.Gate)
        {
            if (!waiting)
            {
                cancelled = true;
                return;
            }

            EndWait_NeedsLock(new FlushResult(isCanceled: true, isCompleted: false), null);
        }
    }

    /// <summary>Sends FIN after the written bytes, or RST if <paramref name="exception"/> is set.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            stream.Abort(StreamErrorCode.Cancelled);
        }

        WriteStart start;
        lock (outbox.Gate)
        {
            if (completed)
            {
                return;
            }

            completed = true;
            if (failure is null)
            {
                Send_NeedsLock(default);
                FinishIfDone_NeedsLock();
            }

            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>The caller's bytes after the OPEN; what does not fit waits in the buffer.</summary>
    public void SendFirst_NeedsLock(ReadOnlySpan<byte> data) => Send_NeedsLock(data);

    public void AddCredit_NeedsLock(int credit)
    {
        Credit += credit;
        if (head < committed)
        {
            outbox.Enqueue_NeedsLock(this);
        }
    }

    public override void Sent_NeedsLock(int bytes)
    {
        head += bytes;
        if (head < committed)
        {
            return;
        }

        ReleaseIfEmpty_NeedsLock();
        if (waiting)
        {
            EndWait_NeedsLock(new FlushResult(isCanceled: false, isCompleted: false), null);
        }

        FinishIfDone_NeedsLock();
    }

    public void Fail_NeedsLock(StreamEnd end, StreamErrorCode code)
    {
        if (failure is not null)
        {
            return;
        }

        failure = (end, code);
        head = committed = tail;
        ReleaseIfEmpty_NeedsLock();
        if (waiting)
        {
            EndWait_NeedsLock(default, new MuxStreamException(end, code));
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => waiter.OnCompleted(continuation, state, token, flags);

    /// <summary>Commits the written bytes, then <paramref name="source"/>; copies only what cannot be framed now.</summary>
    private void Send_NeedsLock(ReadOnlySpan<byte> source)
    {
        committed = tail;
        lent = false;
        if (head < committed && !IsReady)
        {
            head += outbox.Send_NeedsLock(this, Unsent_NeedsLock);
        }

        if (head == committed)
        {
            source = source[outbox.Send_NeedsLock(this, source)..];
        }

        if (!source.IsEmpty)
        {
            EnsureSpace_NeedsLock(source.Length);
            source.CopyTo(buffer.AsSpan(tail));
            tail += source.Length;
            committed = tail;
        }

        if (head < committed)
        {
            if (Credit > 0)
            {
                outbox.Enqueue_NeedsLock(this);
            }
        }
        else
        {
            ReleaseIfEmpty_NeedsLock();
        }
    }

    private void FinishIfDone_NeedsLock()
    {
        if (completed && head == tail && failure is null)
        {
            stream.LocalFin_NeedsLock();
        }
    }

    private void EndWait_NeedsLock(FlushResult result, Exception? error)
    {
        waiting = false;
        waitToken = default;
        waitRegistration.Unregister();
        waitRegistration = default;
        if (error is null)
        {
            waiter.SetResult(result); // continues on the thread pool, never under the gate
        }
        else
        {
            waiter.SetException(error);
        }
    }

    private void RegisterWait(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static state => ((StreamOutput)state!).CancelWait(), this);
        lock (outbox.Gate)
        {
            if (waiting)
            {
                waitRegistration = registration;
                return;
            }
        }

        registration.Unregister(); // completed meanwhile
    }

    private void CancelWait()
    {
        lock (outbox.Gate)
        {
            if (waiting && waitToken.IsCancellationRequested)
            {
                EndWait_NeedsLock(default, new OperationCanceledException(waitToken));
            }
        }
    }

    private void EnsureSpace_NeedsLock(int bytes)
    {
        if (buffer.Length - tail >= bytes)
        {
            return;
        }

        var unsent = tail - head;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(unsent + bytes, MinBufferBytes));
        buffer.AsSpan(head, unsent).CopyTo(larger);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = larger;
        committed -= head;
        tail -= head;
        head = 0;
    }

    private void ReleaseIfEmpty_NeedsLock()
    {
        if (head == tail && !lent && buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            head = committed = tail = 0;
        }
    }

    private void ThrowIfCompleted_NeedsLock()
    {
        if (completed)
        {
            throw new InvalidOperationException("The writer has been completed.");
        }
    }
}
