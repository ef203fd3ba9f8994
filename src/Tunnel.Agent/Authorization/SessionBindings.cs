using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Which principal each session of a route belongs to (P8), so that a session id found elsewhere opens nothing. An id
/// that this agent has not seen, because it was restarted or took over from another one, belongs to the first principal
/// that uses it: refusing it would end every session at every restart, and the id alone is no credential.
/// </summary>
internal sealed class SessionBindings
{
    /// <summary>Of one route. The oldest is forgotten then.</summary>
    internal const int MaxSessions = 100_000;

    /// <summary>Of one principal, so that nobody can push out what others have.</summary>
    internal const int MaxPerPrincipal = 1_000;

    private readonly Lock gate = new();

    // Guarded by the gate. Every session stands in all three; an owner without sessions stands in none.
    private readonly Dictionary<string, Entry> sessions = new(StringComparer.Ordinal);
    private readonly LinkedList<string> byAge = [];
    private readonly Dictionary<string, LinkedList<string>> owners = new(StringComparer.Ordinal);

    /// <summary>False: the session is somebody else's.</summary>
    public bool TryUse(string sessionId, Principal principal)
    {
        var (session, owner) = (Hash(sessionId), Hash(principal.Identity));
        lock (gate)
        {
            if (sessions.TryGetValue(session, out var entry))
            {
                return entry.Owner == owner;
            }

            Add_NeedsLock(session, owner);
            return true;
        }
    }

    /// <summary>The upstream gave it to this principal, whoever claimed an id that did not exist yet.</summary>
    public void Bind(string sessionId, Principal principal)
    {
        var (session, owner) = (Hash(sessionId), Hash(principal.Identity));
        lock (gate)
        {
            if (!sessions.TryGetValue(session, out var entry) || entry.Owner != owner)
            {
                Remove_NeedsLock(session);
                Add_NeedsLock(session, owner);
            }
        }
    }

    /// <summary>The upstream ended it.</summary>
    public void Forget(string sessionId)
    {
        lock (gate)
        {
            Remove_NeedsLock(Hash(sessionId));
        }
    }

    private void Add_NeedsLock(string session, string owner)
    {
        if (owners.TryGetValue(owner, out var full) && full.Count >= MaxPerPrincipal)
        {
            Remove_NeedsLock(full.First!.Value);
        }

        if (sessions.Count >= MaxSessions)
        {
            Remove_NeedsLock(byAge.First!.Value);
        }

        if (!owners.TryGetValue(owner, out var own))
        {
            owners[owner] = own = [];
        }

        sessions[session] = new Entry(owner, byAge.AddLast(session), own.AddLast(session));
    }

    private void Remove_NeedsLock(string session)
    {
        if (!sessions.Remove(session, out var entry))
        {
            return;
        }

        byAge.Remove(entry.ByAge);
        var own = entry.OfOwner.List!;
        own.Remove(entry.OfOwner);
        if (own.Count == 0)
        {
            owners.Remove(entry.Owner);
        }
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private readonly record struct Entry(string Owner, LinkedListNode<string> ByAge, LinkedListNode<string> OfOwner);
}
