using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Limits the calls that one route's upstream handles at a time. The last quarter is for clients that have less than
/// half of them, so that a client with calls that never end cannot use all of them. Calls on other routes do not count.
/// </summary>
/// <param name="most">Calls at a time.</param>
internal sealed class ConcurrencyLimit(int most)
{
    /// <summary>Below this limit, clients have no shares.</summary>
    private const int LeastShared = 16;

    private readonly Lock gate = new();

    // Guarded by the gate. A client without calls is not in it.
    private readonly Dictionary<ClientKey, int> holders = [];
    private int inUse;

    /// <summary>False: all are in use, or all that this client may have. Pair with <see cref="Leave"/>.</summary>
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

    public void Leave(ClientKey client)
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
