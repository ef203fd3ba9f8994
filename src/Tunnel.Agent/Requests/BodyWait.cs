using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Bounds how long a body is waited for. When the time is over, the read under way comes back as cancelled and the body can
/// still be read; a cancelled token would leave the server's reader in the middle of a read.
/// </summary>
internal sealed class BodyWait : IDisposable
{
    private readonly PipeReader reader;
    private readonly ITimer timer;
    private readonly Lock gate = new();

    // Guarded by the gate. Without a read under way there is nothing to cancel: the next read of the body, or of the
    // connection's next request, would be cancelled instead.
    private bool isReading;
    private bool isOver;

    public BodyWait(PipeReader reader, TimeProvider time, TimeSpan wait)
    {
        this.reader = reader;
        timer = time.CreateTimer(static state => ((BodyWait)state!).End(), this, wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The next bytes; cancelled if the time is over by then, null if it was over before.</summary>
    public async ValueTask<ReadResult?> ReadAsync(CancellationToken cancellationToken)
    {
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
