using System.Buffers;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>Writes the batches of <see cref="Outbox"/>: small ones on the caller's thread, others in a loop.</summary>
/// <remarks>
/// The thread that sets <c>writing</c>, under the gate, owns the batch and checks for more before clearing it.
/// </remarks>
/// <param name="onFault">Called once, without the gate, when a write fails.</param>
/// <param name="bytesTaken">Bytes that the peer's machine has acknowledged; null = unknown.</param>
internal sealed class BatchWriter(
    Outbox outbox,
    Stream transport,
    TimeProvider time,
    Action<Exception> onFault,
    Func<long?>? bytesTaken = null
)
{
    /// <summary>One TLS record. Progress is noted after each, so that a slow peer does not count as stalled.</summary>
    private const int ChunkBytes = 16 * 1024;

    private readonly WriteSignal signal = new();
    private readonly TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by outbox.Gate.
    private bool writing;
    private bool closing; // flushed completes when all pending bytes are written
    private bool stopped;

    // Owned by the thread that set writing.
    private byte[] batch = [];
    private int batchLength;
    private ValueTask startedWrite;
    private bool hasStartedWrite;

    private long writeStartedAt; // timestamp of the last progress of a running write; 0 = none is running
    private long bytesSent;
    private long checkedAt; // time of the last check; used only by the ticking loop

    public long BytesSent => Interlocked.Read(ref bytesSent);

    public bool IsBusy_NeedsLock => writing || stopped;

    /// <summary>
    /// How long the running write has made no progress; zero if none is running. Called at each tick, because one write may
    /// hold more bytes than a slow peer accepts within the limit.
    /// </summary>
    public TimeSpan StalledFor
    {
        get
        {
            var since = Interlocked.Read(ref writeStartedAt);
            if (since == 0)
            {
                return TimeSpan.Zero;
            }

            if (bytesTaken?.Invoke() is { } now && now != checkedAt)
            {
                checkedAt = now;
                Interlocked.CompareExchange(ref writeStartedAt, time.GetTimestamp(), since); // unless it has just completed
                return TimeSpan.Zero;
            }

            return time.GetElapsedTime(since);
        }
    }

    /// <summary>Acquires the write. Pass the result to <see cref="Run"/> outside the gate.</summary>
    public WriteStart Begin_NeedsLock(bool inline)
    {
        writing = true;
        if (!inline)
        {
            return WriteStart.Loop;
        }

        RemoveBatch_NeedsLock();
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
    }

    /// <summary>The write loop; ends after <see cref="Stop"/> or when the transport fails.</summary>
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
                        NoteProgress();
                        await transport.WriteAsync(
                            batch.AsMemory(offset, Math.Min(ChunkBytes, batchLength - offset)),
                            CancellationToken.None // a stuck write fails when the transport is disposed
                        );
                    }

                    NoteProgress();
                    await transport.FlushAsync(CancellationToken.None);
                }

                if (IsStopped())
                {
                    return;
                }
            }
        }
        catch (Exception e) // the loop's root: any exception of the transport closes the connection
        {
            Fail(e);
        }
    }

    /// <summary>The task completes when no bytes are pending.</summary>
    public Task Flushed_NeedsLock()
    {
        closing = true;
        if (!writing)
        {
            flushed.TrySetResult();
        }

        return flushed.Task;
    }

    /// <summary>Ends <see cref="RunAsync"/>; a stuck write needs the transport to be disposed as well.</summary>
    public void Stop()
    {
        lock (outbox.Gate)
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

    private void WriteInline()
    {
        try
        {
            NoteProgress();
            var write = WriteSmall();
            if (!write.IsCompleted)
            {
                startedWrite = write;
                hasStartedWrite = true;
                signal.Set();
                return;
            }

            write.GetAwaiter().GetResult();
        }
        catch (Exception e) // the caller only wanted to send; the connection's owner gets the error
        {
            Fail(e);
            signal.Set(); // ends the loop, which did not own this write
            return;
        }

        bool more;
        lock (outbox.Gate)
        {
            more = outbox.HasWork_NeedsLock && !stopped;
            if (!more)
            {
                EndWriting_NeedsLock();
                more = stopped;
                writing = more;
            }
        }

        // More bytes were appended meanwhile: the loop writes them, so that this caller does not write for others.
        if (more)
        {
            signal.Set();
        }
    }

    private ValueTask WriteSmall()
    {
        var write = transport.WriteAsync(batch.AsMemory(0, batchLength), CancellationToken.None);
        if (!write.IsCompletedSuccessfully)
        {
            return FlushAfterAsync(write);
        }

        write.GetAwaiter().GetResult();
        return new ValueTask(transport.FlushAsync(CancellationToken.None));
    }

    private async ValueTask FlushAfterAsync(ValueTask write)
    {
        await write;
        await transport.FlushAsync(CancellationToken.None);
    }

    private void NoteProgress() => Interlocked.Exchange(ref writeStartedAt, time.GetTimestamp());

    private bool TryTakeNext()
    {
        lock (outbox.Gate)
        {
            if (stopped || !outbox.HasWork_NeedsLock)
            {
                EndWriting_NeedsLock();
                return false;
            }

            RemoveBatch_NeedsLock();
        }

        outbox.AfterFraming();
        return true;
    }

    private bool IsStopped()
    {
        lock (outbox.Gate)
        {
            return stopped;
        }
    }

    private void Fail(Exception e)
    {
        lock (outbox.Gate)
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
        ReturnBatch();
        if (closing || stopped)
        {
            flushed.TrySetResult();
        }
    }

    private void RemoveBatch_NeedsLock()
    {
        ReturnBatch();
        (batch, batchLength) = outbox.RemoveBatch_NeedsLock();
        Interlocked.Add(ref bytesSent, batchLength);
    }

    private void ReturnBatch()
    {
        if (batch.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(batch);
            batch = [];
            batchLength = 0;
        }
    }
}
