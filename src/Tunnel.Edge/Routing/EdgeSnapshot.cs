using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>
/// All that an edge decides by, at one revision of the feed. Immutable and swapped whole: a connection is judged by one
/// snapshot from start to end.
/// </summary>
internal sealed class EdgeSnapshot
{
    private readonly FrozenDictionary<string, TunnelRoute> byDomain;
    private readonly FrozenDictionary<string, TunnelRoute> byId;

    private EdgeSnapshot(
        long revision,
        bool isDraining,
        PlatformTrust trust,
        IEnumerable<TunnelRoute> tunnels,
        IEnumerable<string> revoked
    )
    {
        Revision = revision;
        IsDraining = isDraining;
        Trust = trust;
        Tunnels = [.. tunnels];
        byDomain = Tunnels.DistinctBy(t => t.Domain).ToFrozenDictionary(t => t.Domain, StringComparer.Ordinal);
        byId = Tunnels.DistinctBy(t => t.Id).ToFrozenDictionary(t => t.Id, StringComparer.Ordinal);
        RevokedSerials = revoked.ToFrozenSet(StringComparer.Ordinal);
    }

    public long Revision { get; }

    /// <summary>An operator sends this edge's agents and clients elsewhere.</summary>
    public bool IsDraining { get; }

    public PlatformTrust Trust { get; }

    public IReadOnlyList<TunnelRoute> Tunnels { get; }

    public IReadOnlySet<string> RevokedSerials { get; }

    public static EdgeSnapshot From(EdgeFeed feed, PlatformTrust trust) =>
        new(feed.Revision, feed.Edge.Draining, trust, feed.Tunnels.Select(TunnelRoute.From), feed.RevokedSerials);

    public bool TryGetTunnel(string id, [NotNullWhen(true)] out TunnelRoute? tunnel) =>
        byId.TryGetValue(id, out tunnel);

    /// <summary>
    /// The unarchived tunnel whose domain a server name is, or is one label below. Deeper names belong to nobody: the
    /// tunnel's certificate covers one label alone (RFC 6125 §6.4.3).
    /// </summary>
    /// <param name="serverName">Lower case.</param>
    /// <param name="tunnel">The tunnel.</param>
    public bool TryRoute(string serverName, [NotNullWhen(true)] out TunnelRoute? tunnel)
    {
        if (!byDomain.TryGetValue(serverName, out tunnel))
        {
            var dot = serverName.IndexOf('.', StringComparison.Ordinal);
            if (dot <= 0 || !byDomain.TryGetValue(serverName[(dot + 1)..], out tunnel))
            {
                return false;
            }
        }

        return tunnel.IsServed;
    }
}
