using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>
/// Everything from the service's feed that the edge decides by, at one revision: tunnels, trust, revocations and ACME
/// challenges. It is immutable, and each decision uses one snapshot.
/// </summary>
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

    /// <summary>Whether an operator has requested through the service that this edge drains.</summary>
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

    /// <summary>Whether the tunnel has announced an ACME challenge for the name that has not expired.</summary>
    public bool HasChallenge(TunnelRoute tunnel, string name, DateTimeOffset now) =>
        challenges.TryGetValue(name, out var challenge) && challenge.TunnelId == tunnel.Id && challenge.ExpiresAt > now;

    /// <summary>How long the tunnel's agents are accepted without contact to the service (S10).</summary>
    /// <param name="own">This edge's setting, for a tunnel that has none.</param>
    public TimeSpan OfflineGrace(string tunnelId, TimeSpan own) =>
        TryGetTunnel(tunnelId, out var tunnel) ? tunnel.OfflineGrace ?? own : own;

    /// <summary>The longest grace of all tunnels. After this time without contact, no agent is accepted.</summary>
    public TimeSpan LongestOfflineGrace(TimeSpan own) => longestGrace is { } longest && longest > own ? longest : own;

    public bool TryGetTunnel(string id, [NotNullWhen(true)] out TunnelRoute? tunnel) =>
        byId.TryGetValue(id, out tunnel);

    /// <summary>
    /// Finds the unarchived tunnel whose domain equals the server name or is one label above it, or the tunnel that has
    /// proven that it controls the name (S26). Deeper names belong to no tunnel, because the tunnel's certificate
    /// covers only one label (RFC 6125 §6.4.3).
    /// </summary>
    /// <param name="serverName">The server name of the ClientHello, in lower case.</param>
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
