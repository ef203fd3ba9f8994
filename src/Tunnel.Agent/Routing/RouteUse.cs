namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Counts the exchanges that use one set of routes, so that it ends after the last of them and no earlier. The counter is
/// raised before the mark is read, and the mark is set before the counter is read: one of the two sees the other.
/// </summary>
internal sealed class RouteUse
{
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int exchanges;
    private int retired;

    /// <summary>False once the set is retired; then another one is in force already. Pair with <see cref="Leave"/>.</summary>
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

    public void Leave()
    {
        if (Interlocked.Decrement(ref exchanges) == 0 && Volatile.Read(ref retired) != 0)
        {
            drained.TrySetResult();
        }
    }

    /// <summary>Lets nobody in any more; completes when the last has left. The new set is in force before.</summary>
    public Task RetireAsync()
    {
        Interlocked.Exchange(ref retired, 1);
        if (Interlocked.CompareExchange(ref exchanges, 0, 0) == 0)
        {
            drained.TrySetResult();
        }

        return drained.Task;
    }
}
