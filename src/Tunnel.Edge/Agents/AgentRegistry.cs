using System.Collections.Concurrent;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>The connected agents, by tunnel. Selects one per client and closes those no longer allowed.</summary>
internal sealed class AgentRegistry(
    AgentOptions options,
    EdgeState state,
    TimeProvider time,
    ILogger<AgentRegistry> logger
)
{
    /// <summary>
    /// Agents may configure at most 8 connections per edge; more of a certificate are left-overs (S3).
    /// </summary>
    private const int MaxConnectionsPerInstance = 8;

    /// <summary>An operator's disconnect must complete within 5 s, so streams get less.</summary>
    private static readonly TimeSpan DisconnectDrain = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile AgentOptions options = options;

    // Arrays are replaced, never changed, so that selecting takes no lock. Writes are guarded by gate.
    private readonly ConcurrentDictionary<string, AgentConnection[]> byTunnel = new(StringComparer.Ordinal);
    private long sequence; // guarded by gate
    private long lastArrival;
    private long changes; // guarded by gate for writing
    private uint rotation; // spreads equal choices; races only make the spread less even

    /// <summary>Timestamp of the newest connection; 0 = there was none.</summary>
    public long LastArrival => Volatile.Read(ref lastArrival);

    /// <summary>Rises with every connect and disconnect.</summary>
    public long Changes => Volatile.Read(ref changes);

    public void Use(AgentOptions next) => options = next;

    public IEnumerable<AgentConnection> All => byTunnel.Values.SelectMany(c => c);

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
    /// Returns the connection with the fewest open streams that accepts another (W14), of the agent that the key maps
    /// to (S29). If that agent is gone, draining or full, the next agent is used; null if there is none. Silent
    /// connections, and those of an agent that has refused this client, are the last choice.
    /// </summary>
    /// <param name="key">Hash of the hostname or the client, from <see cref="Affinity"/>.</param>
    /// <param name="tried">Connections that already failed this client.</param>
    /// <param name="unwilling">Instances that refused this client.</param>
    public AgentConnection? Pick(
        string tunnelId,
        ulong key,
        IReadOnlyCollection<AgentConnection> tried,
        IReadOnlyCollection<string> unwilling
    )
    {
        var all = byTunnel.GetValueOrDefault(tunnelId, []);
        var start = all.Length == 0 ? 0 : (int)(rotation++ % (uint)all.Length);
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

    /// <summary>
    /// Closes what a new snapshot forbids: revoked serials, inactive tunnels, refused addresses (S10).
    /// </summary>
    public void Apply(EdgeSnapshot snapshot)
    {
        foreach (var connection in All)
        {
            Apply(snapshot, connection);
        }
    }

    /// <summary>Applies a snapshot to a connection that may have missed it while it registered.</summary>
    public void Apply(EdgeSnapshot snapshot, AgentConnection connection)
    {
        if (AgentAdmission.Check(snapshot, connection) is not AgentRefusal.None and var refusal)
        {
            End(connection, ConnectionErrorCode.Revoked, TimeSpan.Zero, Describe(refusal));
        }
        else if (DisconnectsIn(snapshot, connection) > connection.DisconnectsBefore)
        {
            connection.DisconnectsBefore = long.MaxValue; // closes it only once
            End(connection, ConnectionErrorCode.Shutdown, DisconnectDrain, "disconnected by an operator");
        }
    }

    /// <summary>Returns the number of operator disconnects for a connection that is about to be added.</summary>
    public long CountDisconnects(AgentConnection connection) =>
        state.Snapshot is { } snapshot ? DisconnectsIn(snapshot, connection) : 0;

    /// <summary>
    /// Closes connections that have outlived their certificate or their limit. Call about every second.
    /// </summary>
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

    /// <summary>Asks every agent to connect elsewhere; open streams may finish (W13).</summary>
    public void DrainAll(TimeSpan drain, string reason)
    {
        foreach (var connection in All)
        {
            End(connection, ConnectionErrorCode.Shutdown, drain, reason);
        }
    }

    /// <summary>Does the same for agents that have registered since <see cref="DrainAll"/>.</summary>
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

    /// <summary>
    /// Marks the connections of an instance that use its newest certificate as current, and the others as not (S10).
    /// </summary>
    private void MarkCurrent_NeedsLock(AgentConnection[] all, string instanceId)
    {
        var own = all.Where(c => c.InstanceId == instanceId).ToArray();
        if (own.Length == 0)
        {
            return;
        }

        // Not by notAfter: when an operator shortens lifetimes, the newer certificate expires first.
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
