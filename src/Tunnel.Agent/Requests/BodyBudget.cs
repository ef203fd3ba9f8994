namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// How many bytes of one kind the agent may hold at a time, over all routes and callers. A caller may hold at most as much as
/// is left for all others: one caller alone gets half of it, and however many take what they can, each of them leaves as much
/// as it has.
/// </summary>
internal sealed class BodyBudget(long maxBytes = BodyBudget.DefaultBytes)
{
    /// <summary>All that are read at a time: callers with good tokens, however many, cannot fill the memory.</summary>
    public const long DefaultBytes = 64 * 1024 * 1024;

    private readonly Lock gate = new();

    // Guarded by the gate. A caller that holds nothing is not in it.
    private readonly Dictionary<ClientKey, long> holders = [];
    private long used;

    public long UsedBytes
    {
        get
        {
            lock (gate)
            {
                return used;
            }
        }
    }

    /// <summary>False: there is no room, or none for this caller, and nothing was taken. Pair with <see cref="Return"/>.</summary>
    public bool TryReserve(in ClientKey owner, long bytes)
    {
        lock (gate)
        {
            var holds = holders.GetValueOrDefault(owner) + bytes;
            if (used + bytes > maxBytes || holds > maxBytes - used - bytes)
            {
                return bytes == 0;
            }

            used += bytes;
            if (holds > 0)
            {
                holders[owner] = holds;
            }

            return true;
        }
    }

    public void Return(in ClientKey owner, long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        lock (gate)
        {
            used -= bytes;
            var holds = holders[owner] - bytes;
            if (holds > 0)
            {
                holders[owner] = holds;
            }
            else
            {
                holders.Remove(owner);
            }
        }
    }
}
