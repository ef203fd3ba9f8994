namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Counts the exchanges that use an upstream, so that it ends after the last of them. Entering raises the counter before
/// it reads the mark, and retiring sets the mark before it reads the counter: at least one of them observes the other.
/// </summary>
internal sealed class RouteUse : IDisposable
{
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource over = new();
    private int exchanges;
    private int retired;

    public RouteUse() => Over = over.Token;

    /// <summary>Fires when the remaining exchanges must end.</summary>
    public CancellationToken Over { get; }

    /// <summary>False once retired; then another upstream is already in force. Pair with <see cref="Release"/>.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref exchanges);
        if (Volatile.Read(ref retired) == 0)
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>For work that continues after its exchange, even when retired. Pair with <see cref="Release"/>.</summary>
    public void EnterBehind() => Interlocked.Increment(ref exchanges);

    public void Release()
    {
        if (Interlocked.Decrement(ref exchanges) == 0 && Volatile.Read(ref retired) != 0)
        {
            drained.TrySetResult();
        }
    }

    /// <summary>
    /// Admits no further exchange, and completes when the last one has left; cancels those after the limit. The new
    /// upstream must be in force before.
    /// </summary>
    public async Task RetireAsync(TimeSpan limit, TimeProvider time)
    {
        Interlocked.Exchange(ref retired, 1);
        if (Interlocked.CompareExchange(ref exchanges, 0, 0) == 0)
        {
            drained.TrySetResult();
        }

        try
        {
            await drained.Task.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            await over.CancelAsync();
            await drained.Task;
        }
    }

    public void Dispose() => over.Dispose();
}
