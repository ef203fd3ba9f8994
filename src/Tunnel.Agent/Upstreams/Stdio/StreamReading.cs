namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One reader's request at a stream.</summary>
internal sealed class StreamReading(SessionStream stream, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
        cancellationToken
    );
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isReplaced;
    private ITimer? limit;

    public CancellationToken Token => source.Token;

    /// <summary>Whether another reader has taken over.</summary>
    public bool IsReplaced => isReplaced;

    /// <summary>Lets go at that moment at the latest. Once.</summary>
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
            // It is already leaving.
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
            // It has left meanwhile.
        }
    }

    public void Dispose()
    {
        limit?.Dispose();
        stream.Leave(this);
        source.Dispose();
        left.TrySetResult();
    }
}
