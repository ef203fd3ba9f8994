using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Limits the wait for a body. When the time is over, the pending read returns as cancelled, and the body can still be
/// read. A cancelled token would leave the server's reader in the middle of a read.
/// </summary>
internal sealed class BodyWait : IDisposable
{
    private readonly PipeReader reader;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly ITimer timer;
    private readonly Lock gate = new();

    // Guarded by the gate. Without a pending read nothing may be cancelled: the cancellation would reach the next read
    // of the body, or of the connection's next request.
    private bool isReading;
    private bool isOver;

    public BodyWait(PipeReader reader, TimeProvider time)
    {
        this.reader = reader;
        this.time = time;
        startedAt = time.GetTimestamp();
        timer = time.CreateTimer(
            static state => ((BodyWait)state!).End(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>The next bytes; cancelled if the time ends during the read, null if it had ended before.</summary>
    /// <param name="allowed">The time for all reads together, from the first one.</param>
    /// <param name="cancellationToken">Fires when the client is gone.</param>
    public async ValueTask<ReadResult?> ReadAsync(TimeSpan allowed, CancellationToken cancellationToken)
    {
        var left = allowed - time.GetElapsedTime(startedAt);
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        lock (gate)
        {
            if (isOver)
            {
                return null;
            }

            isReading = true;
        }

        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                isReading = false;
            }

            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // the next read may have more time
        }
    }

    public void Dispose() => timer.Dispose();

    private void End()
    {
        lock (gate)
        {
            isOver = true;
            if (isReading)
            {
                reader.CancelPendingRead();
            }
        }
    }
}
