using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>All that decisions depend on, at one revision of the feed. Immutable: one decision uses one snapshot.</summary>
internal sealed class EdgeSnapshot
{
    private readonly FrozenDictionary<string, TunnelRoute> byDomain;
    private readonly FrozenDictionary<string, TunnelRoute> byHostname;
    private readonly FrozenDictionary<string, FeedAcmeChallenge> challenges;
    private readonly FrozenDictionary<string, TunnelRoute> byId;
    private readonly TimeSpan? longestGrace;

    private EdgeSnapshot(
        long revision,
        bool isDraining,
        PlatformTrust trust,
        IEnumerable<TunnelRoute> tunnels,
        RevokedSerialSet revoked,
        IEnumerable<FeedAcmeChallenge> challenges
    )
    {
        Revision = revision;
        IsDraining = isDraining;
        Trust = trust;
        Tunnels = [.. tunnels];
        byDomain = Tunnels.DistinctBy(t => t.Domain).ToFrozenDictionary(t => t.Domain, StringComparer.Ordinal);
        byHostname = Tunnels
            .SelectMany(t => t.Hostnames, (tunnel, name) => (tunnel, name))
            .DistinctBy(pair => pair.name)
            .ToFrozenDictionary(pair => pair.name, pair => pair.tunnel, StringComparer.Ordinal);
        Challenges = [.. challenges];
        this.challenges = Challenges.DistinctBy(c => c.Name).ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);
        byId = Tunnels.DistinctBy(t => t.Id).ToFrozenDictionary(t => t.Id, StringComparer.Ordinal);
        longestGrace = Tunnels.Max(t => t.OfflineGrace);
        RevokedSerials = revoked;
    }

    public long Revision { get; }

    /// <summary>An operator drains this edge through the service.</summary>
    public bool IsDraining { get; }

    public PlatformTrust Trust { get; }

    public IReadOnlyList<TunnelRoute> Tunnels { get; }

    public RevokedSerialSet RevokedSerials { get; }

    public IReadOnlyList<FeedAcmeChallenge> Challenges { get; }

    public static EdgeSnapshot From(EdgeFeed feed, PlatformTrust trust) =>
        new(
            feed.Revision,
            feed.Edge.Draining,
            trust,
            feed.Tunnels.Select(TunnelRoute.From),
            RevokedSerialSet.From(feed),
            feed.AcmeChallenges ?? []
        );

    public bool IsAnnounced(TunnelRoute tunnel, string name, DateTimeOffset now) =>
        challenges.TryGetValue(name, out var challenge) && challenge.TunnelId == tunnel.Id && challenge.ExpiresAt > now;

    /// <summary>How long agents are accepted without the service (S10): the record's value, else the setting.</summary>
    public TimeSpan OfflineGrace(string tunnelId, TimeSpan own) =>
        TryGetTunnel(tunnelId, out var tunnel) ? tunnel.OfflineGrace ?? own : own;

    /// <summary>The longest grace of all tunnels; after it no agent is accepted.</summary>
    public TimeSpan LongestOfflineGrace(TimeSpan own) => longestGrace is { } longest && longest > own ? longest : own;

    public bool TryGetTunnel(string id, [NotNullWhen(true)] out TunnelRoute? tunnel) =>
        byId.TryGetValue(id, out tunnel);

    /// <summary>
    /// Finds the unarchived tunnel whose domain equals the server name or is one label above it, or the tunnel that has
    /// proven the name (S26). Deeper names belong to no tunnel, because the tunnel's certificate covers only one label (RFC
    /// 6125 §6.4.3).
    /// </summary>
    /// <param name="serverName">Lower case.</param>
    public bool TryRoute(string serverName, [NotNullWhen(true)] out TunnelRoute? tunnel)
    {
        if (!byDomain.TryGetValue(serverName, out tunnel))
        {
            var dot = serverName.IndexOf('.', StringComparison.Ordinal);
            if (
                (dot <= 0 || !byDomain.TryGetValue(serverName[(dot + 1)..], out tunnel))
                && !byHostname.TryGetValue(serverName, out tunnel)
            )
            {
                return false;
            }
        }

        return tunnel.IsServed;
    }
}
