using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>
/// <c>GET /v1/edge/feed</c>: the tunnels that an edge serves. While edges have no assignments of their own, every edge
/// serves every tunnel of the installation.
/// </summary>
internal sealed class EdgeFeedEndpoint(
    FeedPolling polling,
    ITunnelStore tunnels,
    IEdgeStore edges,
    MachineFacts facts,
    TimeProvider time
)
{
    /// <summary>
    /// Archived tunnels stay in the feed as long as an edge may live on its last copy (S10), so that it learns of the
    /// end rather than of an absence.
    /// </summary>
    private static readonly TimeSpan ShowArchivedFor = TimeSpan.FromDays(7);

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var peer = request.Peer;
        facts.Heard(peer);
        var (poll, refusal) = polling.Read(request);
        if (poll is null)
        {
            return refusal!;
        }

        var revision = await polling.WaitAsync(poll, cancellationToken);
        facts.Heard(peer);
        if (revision is null)
        {
            return ApiAnswer.Empty;
        }

        // Checked again: what ended the wait may have been this edge's own revocation.
        if (await facts.IsRevokedAsync(peer, cancellationToken))
        {
            return AuthErrors.PeerRevoked.Refuse();
        }

        return await edges.FindAsync(peer.EdgeId!, cancellationToken) switch
        {
            null => RequestErrors.NotFound.Refuse(),
            { ArchivedAt: not null } => TunnelErrors.EdgeArchived.Refuse(),
            var edge => await ServeAsync(peer, revision.Value, edge, cancellationToken),
        };
    }

    private async ValueTask<ApiAnswer> ServeAsync(
        MachinePeer peer,
        long revision,
        Edge edge,
        CancellationToken cancellationToken
    )
    {
        var feed = await BuildAsync(revision, edge, cancellationToken);
        await facts.ServeAsync(peer, feed.PlatformBundle, cancellationToken);
        return ApiAnswer.Json(feed, WireJson.Default.EdgeFeed);
    }

    private async ValueTask<EdgeFeed> BuildAsync(long revision, Edge edge, CancellationToken cancellationToken)
    {
        var revoked = await facts.RevokedAsync(cancellationToken);
        var served = await tunnels.ListForEdgesAsync(time.GetUtcNow() - ShowArchivedFor, cancellationToken);
        return new EdgeFeed
        {
            Revision = revision,
            Edge = new EdgeFeedEdge
            {
                Id = edge.Id.Value,
                Name = edge.Name,
                Addresses = edge.Addresses,
                DnsNames = edge.DnsNames,
            },
            PlatformBundle = facts.PlatformBundle,
            Tunnels =
            [
                .. served.Select(tunnel => new EdgeFeedTunnel
                {
                    Id = tunnel.Id.Value,
                    Domain = tunnel.Domain,
                    OrganizationId = tunnel.OrganizationId,
                    WorkspaceId = tunnel.WorkspaceId,
                    Status = tunnel.IsArchived ? TunnelStatus.Archived : TunnelStatus.Active,
                    ClientSourceRanges = tunnel.ClientSourceRanges,
                    AgentSourceRanges = tunnel.AgentSourceRanges,
                }),
            ],
            RevokedSerials = [.. revoked.Serials.Order(StringComparer.Ordinal)],
            RevokedEnrolments = [.. revoked.Enrollments.Order(StringComparer.Ordinal)],
        };
    }
}
