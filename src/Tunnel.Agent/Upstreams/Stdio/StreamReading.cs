namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One reader's turn at a stream.</summary>
internal sealed class StreamReading(SessionStream stream, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
        cancellationToken
    );
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isReplaced;

    public CancellationToken Token => source.Token;

    /// <summary>Whether another reader has taken over.</summary>
    public bool IsReplaced => isReplaced;

    public void LimitTo(TimeSpan time) => source.CancelAfter(time);

    internal async Task ReplaceAsync()
    {
        isReplaced = true;
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It is leaving by itself.
        }

        await left.Task;
    }

    public void Dispose()
    {
        stream.Leave(this);
        source.Dispose();
        left.TrySetResult();
    }
}
