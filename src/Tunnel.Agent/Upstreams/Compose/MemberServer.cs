using System.Collections.Concurrent;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>What the agent knows of a member's server, and its sessions with a server of the revisions that have them.</summary>
internal sealed class MemberServer
{
    /// <summary>With more sessions than this, those that were used longest ago are given up; the server ends them.</summary>
    private const int MaxSessions = 1024;

    private readonly ConcurrentDictionary<string, MemberSession> sessions = new(StringComparer.Ordinal);
    private long clock;
    private volatile string? version;

    /// <summary>The revision that the server speaks; null until it has answered.</summary>
    public string? Version
    {
        get => version;
        set => version = value;
    }

    /// <summary>The session of one caller: a server may store under it what belongs to that caller.</summary>
    public MemberSession GetSession(string caller)
    {
        if (sessions.Count >= MaxSessions && !sessions.ContainsKey(caller))
        {
            foreach (var (key, _) in sessions.OrderBy(s => s.Value.UsedAt).Take(MaxSessions / 4))
            {
                sessions.TryRemove(key, out _);
            }
        }

        var session = sessions.GetOrAdd(caller, static _ => new MemberSession());
        session.UsedAt = Interlocked.Increment(ref clock);
        return session;
    }
}

/// <summary>A session with a member's server.</summary>
internal sealed class MemberSession
{
    /// <summary>Held while the session is opened.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    public bool IsOpen { get; set; }

    /// <summary>The id, as the member's route gave it; empty if the server has no sessions.</summary>
    public string Id { get; set; } = "";

    public long UsedAt { get; set; }
}
