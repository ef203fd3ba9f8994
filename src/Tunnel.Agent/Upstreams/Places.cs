using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// The calls that one route's upstream takes at a time. The last quarter is for clients that hold less than half, so that
/// one with calls that never end cannot take them all. What a client holds elsewhere is no matter here.
/// </summary>
/// <param name="most">Calls at a time.</param>
internal sealed class Places(int most)
{
    /// <summary>Fewer places than these are no matter of shares.</summary>
    private const int LeastShared = 16;

    private readonly Lock gate = new();

    // Guarded by the gate. Whoever holds nothing is not in it.
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
