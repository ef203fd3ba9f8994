using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Limits the concurrent calls of one route. The last quarter is reserved for clients that hold less than half, so that
/// a client whose calls never end cannot use all of them.
/// </summary>
internal sealed class ConcurrencyLimit(int most)
{
    /// <summary>Below this limit, no part is reserved.</summary>
    private const int LeastShared = 16;

    private readonly Lock gate = new();

    // Guarded by the gate. Contains only clients that have calls.
    private readonly Dictionary<ClientKey, int> holders = [];
    private int inUse;

    /// <summary>False if all calls, or all that this client may have, are in use. Pair with <see cref="Release"/>.</summary>
    public bool TryEnter(ClientKey client)
    {
        lock (gate)
        {
            var holds = holders.GetValueOrDefault(client) + 1;
            var limit = holds > most / 2 && most >= LeastShared ? most - (most / 4) : most;
            if (inUse >= limit)
            {
                return false;
            }

            inUse++;
            holders[client] = holds;
            return true;
        }
    }

    public void Release(ClientKey client)
    {
        lock (gate)
        {
            inUse--;
            if (--holders[client] == 0)
            {
                holders.Remove(client);
            }
        }
    }
}
