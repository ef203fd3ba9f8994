using System.Collections.Concurrent;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The traffic of every tunnel that was ever named. Tunnels come from the feed alone, so outsiders cannot fill it.</summary>
internal sealed class TrafficBook(TunnelLimits limits, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TunnelTraffic> tunnels = new(StringComparer.Ordinal);

    public ICollection<TunnelTraffic> All => tunnels.Values;

    public TunnelTraffic Of(string tunnelId) =>
        tunnels.GetOrAdd(tunnelId, static (id, self) => new TunnelTraffic(id, self.Limits, self.Time), this);

    private TunnelLimits Limits => limits;

    private TimeProvider Time => time;

    /// <summary>Lets go of tunnels that have left the feed and have no connection.</summary>
    public void Keep(IReadOnlySet<string> tunnelIds)
    {
        foreach (var (id, traffic) in tunnels)
        {
            if (!tunnelIds.Contains(id) && traffic.Open == 0)
            {
                tunnels.TryRemove(id, out _);
            }
        }
    }
}
