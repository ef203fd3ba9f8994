using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>The tunnels for edge feeds, read once per revision for all edges.</summary>
internal sealed class EdgeTunnels
{
    /// <summary>
    /// Archived tunnels stay in the feed as long as an edge may use its last copy (S10), so that an edge sees the end of a
    /// tunnel explicitly.
    /// </summary>
    private static readonly TimeSpan ShowArchivedFor = TimeSpan.FromDays(7);

    /// <summary>An edge that missed a disconnection for this long has lost that connection anyway.</summary>
    private static readonly TimeSpan ShowDisconnectsFor = TimeSpan.FromDays(1);

    private readonly TunnelStore tunnels;
    private readonly ClientRangeSetStore sets;
    private readonly ClientAuthorityStore authorities;
    private readonly AgentDisconnectStore disconnects;
    private readonly FeedNames names;
    private readonly TimeProvider time;
    private readonly DerivedView<IReadOnlyList<EdgeFeedTunnel>> view;

    public EdgeTunnels(
        TunnelStore tunnels,
        ClientRangeSetStore sets,
        ClientAuthorityStore authorities,
        AgentDisconnectStore disconnects,
        FeedNames names,
        IRevisions revisions,
        TimeProvider time
    )
    {
        (this.tunnels, this.sets, this.authorities, this.disconnects) = (tunnels, sets, authorities, disconnects);
        (this.names, this.time) = (names, time);
        view = new DerivedView<IReadOnlyList<EdgeFeedTunnel>>(
            revisions,
            time,
            InstallationFeeds.Freshness,
            ReadAsync,
            static _ => true
        );
    }

    public ValueTask<IReadOnlyList<EdgeFeedTunnel>> ListAsync(CancellationToken cancellationToken) =>
        view.GetAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<FeedAcmeChallenge>?> ChallengesAsync(
        IReadOnlySet<string> tunnelIds,
        CancellationToken cancellationToken
    ) =>
        (await names.ChallengesAsync(null, cancellationToken))
            ?.Where(challenge => tunnelIds.Contains(challenge.TunnelId))
            .ToList()
            is { Count: > 0 } shown
            ? shown
            : null;

    private async Task<IReadOnlyList<EdgeFeedTunnel>> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var served = await tunnels.ListForEdgesAsync(now - ShowArchivedFor, cancellationToken);
        var ranges = (await sets.ListAllAsync(cancellationToken)).ToDictionary(set => (set.OrganizationId, set.Name));
        var clients = (await authorities.ListLiveAsync(cancellationToken)).ToLookup(a => a.TunnelId.Value);
        var ended = (await disconnects.ListAsync(now - ShowDisconnectsFor, cancellationToken)).ToLookup(d =>
            d.TunnelId
        );
        var hostnames = await names.ActiveAsync(cancellationToken);
        return
        [
            .. served.Select(tunnel => new EdgeFeedTunnel(
                Id: tunnel.Id.Value,
                Domain: tunnel.Domain,
                OrganizationId: tunnel.OrganizationId,
                WorkspaceId: tunnel.WorkspaceId,
                Status: tunnel.Status,
                ClientSourceRanges: EffectiveRanges.Get(
                    tunnel,
                    name => ranges.GetValueOrDefault((tunnel.OrganizationId, name))
                ),
                AgentSourceRanges: tunnel.AgentSourceRanges,
                Affinity: tunnel.Affinity,
                OfflineGraceSeconds: tunnel.OfflineGraceSeconds,
                Limits: Describe(tunnel.Limits),
                ClientAuthorities:
                [
                    .. clients[tunnel.Id.Value]
                        .Select(authority => new EdgeFeedClientAuthority(
                            Id: authority.Id.Value,
                            CertificatePem: authority.CertificatePem,
                            Identities: authority.Identities
                        )),
                ],
                Disconnects:
                [
                    .. ended[tunnel.Id.Value]
                        .Select(d => new EdgeFeedDisconnect(InstanceId: d.InstanceId, Number: d.Number)),
                ],
                Hostnames: hostnames.Contains(tunnel.Id.Value) ? [.. hostnames[tunnel.Id.Value]] : null
            )),
        ];
    }

    private static EdgeFeedTunnelLimits? Describe(TunnelLimits limits) =>
        limits == TunnelLimits.Defaults
            ? null
            : new EdgeFeedTunnelLimits(
                MaxConnections: limits.MaxConnections,
                NewConnections: limits.NewConnections,
                BytesPerSecond: limits.BytesPerSecond,
                OpenStreams: limits.OpenStreams
            );
}
