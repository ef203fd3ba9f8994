namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>A reader's claim on a stream, until another reader replaces it.</summary>
internal sealed class StreamReading(SessionStream stream, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
        cancellationToken
    );
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isReplaced;
    private ITimer? limit;

    public CancellationToken Token => source.Token;

    public bool IsReplaced => isReplaced;

    /// <summary>Cancels the reading at that moment. May be called once.</summary>
    public void LimitTo(DateTimeOffset moment, TimeProvider time)
    {
        var left = moment - time.GetUtcNow();
        limit = time.CreateTimer(
            static reading => ((StreamReading)reading!).Cancel(),
            this,
            left > TimeSpan.Zero ? left : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    internal async Task ReplaceAsync()
    {
        isReplaced = true;
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The reader is already leaving.
        }

        await left.Task;
    }

    private void Cancel()
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The reader has left in the meantime.
        }
    }

    public void Dispose()
    {
        limit?.Dispose();
        stream.Remove(this);
        source.Dispose();
        left.TrySetResult();
    }
}
