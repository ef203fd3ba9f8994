namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The number of bytes of one kind that the agent may hold at a time, for all routes and callers. A caller may hold at
/// most as many bytes as remain free. A single caller therefore gets at most half of the budget, and callers that take
/// as much as they can still leave room for others.
/// </summary>
internal sealed class BodyBudget(long maxBytes = BodyBudget.DefaultBytes)
{
    /// <summary>
    /// The bytes that all callers together may use: callers with valid tokens cannot fill the memory.
    /// </summary>
    public const long DefaultBytes = 64 * 1024 * 1024;

    /// <summary>As <see cref="DefaultBytes"/>, for the bodies of all requests.</summary>
    public const long RequestBytes = 2 * DefaultBytes;

    private readonly Lock gate = new();

    // Guarded by the gate. A caller that holds nothing has no entry.
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

    /// <summary>
    /// Reserves bytes until <see cref="Return"/>. False: there is no room, or none for this caller, and no byte was
    /// reserved.
    /// </summary>
    /// <param name="isOptional">True: only while less than half of the budget is in use.</param>
    public bool TryReserve(in ClientKey owner, long bytes, bool isOptional = false)
    {
        lock (gate)
        {
            var holds = holders.GetValueOrDefault(owner) + bytes;
            var most = isOptional ? maxBytes / 2 : maxBytes;
            if (used + bytes > most || holds > maxBytes - used - bytes)
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
