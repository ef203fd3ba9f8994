namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Counts the exchanges that use one upstream, so that it ends after the last of them and no earlier. The counter is
/// raised before the mark is read, and the mark is set before the counter is read: one of the two sees the other.
/// </summary>
internal sealed class RouteUse : IDisposable
{
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource over = new();
    private int exchanges;
    private int retired;

    public RouteUse() => Over = over.Token;

    /// <summary>Fires when those that are left may stay no longer.</summary>
    public CancellationToken Over { get; }

    /// <summary>False once retired; then another upstream is in force already. Pair with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref exchanges);
        if (Volatile.Read(ref retired) == 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>
    /// For work that a user leaves running: the use counts, retired or not. Pair with <see cref="Leave"/>.
    /// </summary>
    public void EnterBehind() => Interlocked.Increment(ref exchanges);

    public void Leave()
    {
        if (Interlocked.Decrement(ref exchanges) == 0 && Volatile.Read(ref retired) != 0)
        {
            drained.TrySetResult();
        }
    }

    /// <summary>
    /// Admits no further request; completes when the last one has left. The new upstream must be in force before.
    /// Requests that are still there after the limit are cancelled.
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
