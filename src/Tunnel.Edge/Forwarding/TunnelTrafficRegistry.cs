using System.Collections.Concurrent;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>Counters and limits per tunnel. Only the feed adds tunnels, so clients cannot fill the registry.</summary>
internal sealed class TunnelTrafficRegistry(TunnelLimits defaults, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TunnelTraffic> tunnels = new(StringComparer.Ordinal);
    private readonly Lock gate = new(); // serializes changes of limits
    private TunnelLimits defaults = defaults; // guarded by gate

    public ICollection<TunnelTraffic> All => tunnels.Values;

    public TunnelTraffic GetOrAdd(TunnelRoute tunnel)
    {
        if (tunnels.TryGetValue(tunnel.Id, out var known))
        {
            return known;
        }

        lock (gate)
        {
            return tunnels.GetOrAdd(
                tunnel.Id,
                static (id, made) => new TunnelTraffic(id, made.Defaults.With(made.Tunnel.Limits), made.Time),
                (Defaults: defaults, Time: time, Tunnel: tunnel)
            );
        }
    }

    /// <summary>Replaces the default limits, which apply to tunnels without their own; effective immediately.</summary>
    public void Use(TunnelLimits next, EdgeSnapshot? snapshot)
    {
        lock (gate)
        {
            defaults = next;
            foreach (var (id, traffic) in tunnels)
            {
                TunnelRoute? tunnel = null;
                _ = snapshot?.TryGetTunnel(id, out tunnel);
                traffic.Use(next.With(tunnel?.Limits));
            }
        }
    }

    /// <summary>
    /// Applies a new snapshot: new limits are effective immediately, clients that it forbids are disconnected (S10), and
    /// tunnels that have left the feed and have no connection are removed.
    /// </summary>
    public void Apply(EdgeSnapshot snapshot)
    {
        lock (gate)
        {
            Apply_NeedsLock(snapshot);
        }
    }

    private void Apply_NeedsLock(EdgeSnapshot snapshot)
    {
        foreach (var (id, traffic) in tunnels)
        {
            if (snapshot.TryGetTunnel(id, out var tunnel))
            {
                traffic.Use(defaults.With(tunnel.Limits));
            }
            else if (traffic.Open == 0)
            {
                tunnels.TryRemove(id, out _);
            }

            foreach (var relay in traffic.Relays)
            {
                if (!relay.Context.IsAllowedBy(tunnel))
                {
                    relay.Cut();
                }
            }
        }
    }

    public void CutIdle(TimeSpan idleTimeout)
    {
        foreach (var traffic in tunnels.Values)
        {
            foreach (var relay in traffic.Relays)
            {
                if (relay.IdleFor(time) >= idleTimeout)
                {
                    relay.Cut();
                }
            }
        }
    }
}
