namespace Culvert.Tunnel.Agent.Requests;

/// <summary>How many bytes of request bodies the agent may hold at a time, over all routes and callers.</summary>
internal sealed class BodyBudget(long maxBytes = BodyBudget.DefaultBytes)
{
    /// <summary>All that are read at a time: callers with good tokens, however many, cannot fill the memory.</summary>
    public const long DefaultBytes = 64 * 1024 * 1024;

    private long used;

    public long UsedBytes => Volatile.Read(ref used);

    /// <summary>False: there is no room, and nothing was taken.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= maxBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref used, -bytes);
}
