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
    private readonly Dictionary<string, LinkedListNode<(string Session, string Owner)>> sessions = new(
        StringComparer.Ordinal
    );
    private readonly LinkedList<(string Session, string Owner)> byAge = [];
    private readonly Dictionary<string, Queue<string>> owners = new(StringComparer.Ordinal);

    /// <summary>False: the session is somebody else's.</summary>
    public bool TryUse(string sessionId, Principal principal)
    {
        var (session, owner) = (Hash(sessionId), Hash(principal.Identity));
        lock (gate)
        {
            if (sessions.TryGetValue(session, out var node))
            {
                return node.Value.Owner == owner;
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
            if (!sessions.TryGetValue(session, out var node) || node.Value.Owner != owner)
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
        if (!owners.TryGetValue(owner, out var own))
        {
            owners[owner] = own = new Queue<string>();
        }

        // The queue may still name sessions that have ended; those are skipped.
        if (own.Count >= MaxPerPrincipal)
        {
            Remove_NeedsLock(own.Dequeue());
        }

        own.Enqueue(session);
        if (sessions.Count >= MaxSessions)
        {
            Remove_NeedsLock(byAge.First!.Value.Session);
        }

        sessions[session] = byAge.AddLast((session, owner));
    }

    private void Remove_NeedsLock(string session)
    {
        if (!sessions.Remove(session, out var node))
        {
            return;
        }

        byAge.Remove(node);
        if (owners.TryGetValue(node.Value.Owner, out var own))
        {
            while (own.TryPeek(out var oldest) && !sessions.ContainsKey(oldest))
            {
                own.Dequeue();
            }

            if (own.Count == 0)
            {
                owners.Remove(node.Value.Owner);
            }
        }
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
