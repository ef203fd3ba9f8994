using System.Collections.Concurrent;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Which agents are connected, by tunnel; picks one for a client, ends those that may no longer be.</summary>
/// <param name="options">Limits and lives.</param>
/// <param name="state">For the age of the feed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For ended connections.</param>
internal sealed class AgentRegistry(
    AgentOptions options,
    EdgeState state,
    TimeProvider time,
    ILogger<AgentRegistry> logger
)
{
    /// <summary>An agent may configure at most 8 connections per edge; more of one certificate are left-overs (S3).</summary>
    private const int MaxConnectionsPerInstance = 8;

    /// <summary>What runs over a connection that an operator ends has so long: it must be over within 5 s.</summary>
    private static readonly TimeSpan DisconnectDrain = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile AgentOptions options = options;

    // Arrays are replaced, never changed: picking takes no lock. Guarded by gate for writing.
    private readonly ConcurrentDictionary<string, AgentConnection[]> byTunnel = new(StringComparer.Ordinal);
    private long sequence; // guarded by gate
    private long lastArrival;
    private long changes; // guarded by gate for writing
    private uint turn; // spreads equal choices; races only cost evenness

    /// <summary>When the newest connection came, by the clock's timestamp; 0 = none ever did.</summary>
    public long LastArrival => Volatile.Read(ref lastArrival);

    /// <summary>Rises whenever a connection comes or leaves.</summary>
    public long Changes => Volatile.Read(ref changes);

    /// <summary>Puts other limits and lives in force.</summary>
    public void Use(AgentOptions next) => options = next;

    public IEnumerable<AgentConnection> All => byTunnel.Values.SelectMany(c => c);

    /// <summary>Takes in a connection whose HELLO has arrived.</summary>
    public void Add(AgentConnection connection)
    {
        AgentConnection[] superseded;
        lock (gate)
        {
            connection.Sequence = ++sequence;
            Volatile.Write(ref changes, changes + 1);
            Volatile.Write(ref lastArrival, time.GetTimestamp());
            AgentConnection[] all = [.. byTunnel.GetValueOrDefault(connection.TunnelId, []), connection];
            byTunnel[connection.TunnelId] = all;
            MarkCurrent_NeedsLock(all, connection.InstanceId);
            superseded =
            [
                .. all.Where(c => c.InstanceId == connection.InstanceId && c.Serial == connection.Serial)
                    .OrderByDescending(c => c.Sequence)
                    .Skip(MaxConnectionsPerInstance),
            ];
        }

        foreach (var oldest in superseded)
        {
            End(oldest, ConnectionErrorCode.Superseded, options.Drain, "newer connections of the same enrolment");
        }
    }

    public void Remove(AgentConnection connection)
    {
        lock (gate)
        {
            Volatile.Write(ref changes, changes + 1);
            var left = byTunnel
                .GetValueOrDefault(connection.TunnelId, [])
                .Where(c => !ReferenceEquals(c, connection))
                .ToArray();
            if (left.Length == 0)
            {
                byTunnel.TryRemove(connection.TunnelId, out _);
                return;
            }

            byTunnel[connection.TunnelId] = left;
            MarkCurrent_NeedsLock(left, connection.InstanceId);
        }
    }

    /// <summary>
    /// Of the agent that the key belongs to (S29), the connection with the fewest open streams that takes one more
    /// (W14). An agent that leaves, drains or is full gives way to the next one; null if there is none. Connections that
    /// have gone silent come last of all, and with them those of an agent that has refused this client.
    /// </summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="key">Hash of the hostname or the client, as <see cref="Affinity"/> makes it.</param>
    /// <param name="tried">Connections that already failed this client.</param>
    /// <param name="unwilling">Instances that refused it.</param>
    public AgentConnection? Pick(
        string tunnelId,
        ulong key,
        IReadOnlyCollection<AgentConnection> tried,
        IReadOnlyCollection<string> unwilling
    )
    {
        var all = byTunnel.GetValueOrDefault(tunnelId, []);
        var start = all.Length == 0 ? 0 : (int)(turn++ % (uint)all.Length);
        AgentConnection? best = null;
        var (top, fewest, last) = (0UL, int.MaxValue, true);
        for (var i = 0; i < all.Length; i++)
        {
            var candidate = all[(start + i) % all.Length];
            if (!candidate.IsCurrent || tried.Contains(candidate))
            {
                continue;
            }

            var (score, streams) = (Affinity.Score(key, candidate.InstanceHash), candidate.OpenStreams);
            var isLast = candidate.IsOverdue || unwilling.Contains(candidate.InstanceId);
            if (
                (
                    best is null
                    || (last && !isLast)
                    || (last == isLast && (score > top || (score == top && streams < fewest)))
                ) && candidate.AcceptsStreams
            )
            {
                (best, top, fewest, last) = (candidate, score, streams, isLast);
            }
        }

        return best;
    }

    /// <summary>Ends what a new snapshot forbids: revoked serials, tunnels gone or not active, addresses now outside (S10).</summary>
    public void Apply(EdgeSnapshot snapshot)
    {
        foreach (var connection in All)
        {
            Apply(snapshot, connection);
        }
    }

    /// <summary>The same for one connection, which may have missed a snapshot while it registered.</summary>
    public void Apply(EdgeSnapshot snapshot, AgentConnection connection)
    {
        if (AgentAdmission.Check(snapshot, connection) is not AgentRefusal.None and var refusal)
        {
            End(connection, ConnectionErrorCode.Revoked, TimeSpan.Zero, Describe(refusal));
        }
        else if (DisconnectsIn(snapshot, connection) > connection.DisconnectsBefore)
        {
            connection.DisconnectsBefore = long.MaxValue; // once
            End(connection, ConnectionErrorCode.Shutdown, DisconnectDrain, "disconnected by an operator");
        }
    }

    /// <summary>For a connection that is about to be added.</summary>
    public long CountDisconnects(AgentConnection connection) =>
        state.Snapshot is { } snapshot ? DisconnectsIn(snapshot, connection) : 0;

    /// <summary>Ends what has outlived its certificate or its time. Call every second or so.</summary>
    public void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var connection in All)
        {
            if (AgentExpiryPolicy.Decide(connection, now, options.MaxStreamLife) is { } reason)
            {
                End(connection, ConnectionErrorCode.Revoked, TimeSpan.Zero, reason);
            }
            else if (connection.IsNearlyUsedUp && connection.AcceptsStreams)
            {
                End(connection, ConnectionErrorCode.Shutdown, options.MaxStreamLife, "its stream ids run out");
            }
        }
    }

    /// <summary>Asks every connection to end; agents dial elsewhere, open streams may finish (W13).</summary>
    public void DrainAll(TimeSpan drain, string reason)
    {
        foreach (var connection in All)
        {
            End(connection, ConnectionErrorCode.Shutdown, drain, reason);
        }
    }

    /// <summary>The same for agents that have registered since all agents were asked to leave.</summary>
    public void DrainLate(TimeSpan drain, string reason)
    {
        foreach (var connection in All)
        {
            if (connection.AcceptsStreams)
            {
                End(connection, ConnectionErrorCode.Shutdown, drain, reason);
            }
        }
    }

    private static long DisconnectsIn(EdgeSnapshot snapshot, AgentConnection connection) =>
        snapshot.TryGetTunnel(connection.TunnelId, out var tunnel)
            ? tunnel.Disconnects.GetValueOrDefault(connection.InstanceId)
            : 0;

    private void End(AgentConnection connection, ConnectionErrorCode code, TimeSpan drain, string text)
    {
        Log.AgentEnded(logger, connection.TunnelId, connection.InstanceId, connection.Serial, code, text);
        connection.End(code, drain, text);
    }

    /// <summary>Of one instance, the connections with the newest certificate are current; renewals replace them (S10).</summary>
    private void MarkCurrent_NeedsLock(AgentConnection[] all, string instanceId)
    {
        var own = all.Where(c => c.InstanceId == instanceId).ToArray();
        if (own.Length == 0)
        {
            return;
        }

        // Not by the end: after an operator shortens lives, the certificate issued later is the one that ends first.
        var newest = own.MaxBy(c => (c.NotBefore, c.Sequence))!.Serial;
        foreach (var connection in own)
        {
            connection.IsCurrent = connection.Serial == newest;
            connection.RetiredAt = connection.IsCurrent ? null : connection.RetiredAt ?? time.GetUtcNow();
        }
    }

    private static string Describe(AgentRefusal refusal) =>
        refusal switch
        {
            AgentRefusal.Revoked => "the certificate is revoked",
            AgentRefusal.UnknownTunnel => "this edge does not serve the tunnel",
            AgentRefusal.TunnelNotActive => "the tunnel is archived",
            _ => "the address is not allowed",
        };
}
