using System.Collections.Concurrent;
using Culvert.Tunnel.Edge.Routing;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The traffic of every tunnel that was ever named. Tunnels come from the feed alone, so outsiders cannot fill it.</summary>
internal sealed class TrafficBook(TunnelLimits defaults, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TunnelTraffic> tunnels = new(StringComparer.Ordinal);
    private readonly Lock gate = new(); // one change of limits at a time
    private TunnelLimits defaults = defaults; // guarded by gate

    public ICollection<TunnelTraffic> All => tunnels.Values;

    public TunnelTraffic Of(TunnelRoute tunnel)
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

    /// <summary>Other limits for tunnels whose record says nothing; they count at once.</summary>
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
    /// Takes a new snapshot into use: new limits count at once, clients that it forbids are cut off (S10), and tunnels
    /// that have left the feed and have no connection are forgotten.
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
                if (!relay.Visit.IsAllowedBy(tunnel))
                {
                    relay.Cut();
                }
            }
        }
    }

    /// <summary>Cuts off clients over whose connections nothing has moved for that long.</summary>
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
