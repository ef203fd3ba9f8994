using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>Reads the common part of all agents' feeds, once per revision.</summary>
internal sealed class InstallationFeeds
{
    /// <summary>
    /// How long a feed is used while the revision is unchanged: revoked certificates leave the list by expiry.
    /// </summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private readonly EdgeStore edges;
    private readonly EdgeAssignments assignments;
    private readonly MachineFacts facts;
    private readonly AuditCheckpoints checkpoints;
    private readonly FeedRevocations tokens;
    private readonly FeedAuthorization authorization;
    private readonly DerivedView<InstallationFeed> view;

    public InstallationFeeds(
        EdgeStore edges,
        EdgeAssignments assignments,
        MachineFacts facts,
        AuditCheckpoints checkpoints,
        FeedRevocations tokens,
        FeedAuthorization authorization,
        IRevisions revisions,
        TimeProvider time
    )
    {
        (this.edges, this.assignments, this.facts) = (edges, assignments, facts);
        (this.checkpoints, this.tokens, this.authorization) = (checkpoints, tokens, authorization);
        view = new DerivedView<InstallationFeed>(revisions, time, Freshness, ReadAsync, IsCurrent);
    }

    public ValueTask<InstallationFeed> GetAsync(CancellationToken cancellationToken) =>
        view.GetAsync(cancellationToken);

    /// <summary>False if something changed that has no revision: checkpoints are signed every minute.</summary>
    public bool IsCurrent(InstallationFeed feed) =>
        ReferenceEquals(feed.AuditCheckpoint, checkpoints.Newest)
        && feed.PlatformBundle.Epoch == facts.PlatformBundle.Epoch;

    private async Task<InstallationFeed> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        // The revision of a revocation or a signing key may be visible here before the change itself.
        await tokens.RefreshAsync(cancellationToken);
        await authorization.RefreshAsync(cancellationToken);
        var live = await edges.ListLiveAsync(cancellationToken);
        var revoked = await facts.RevokedAsync(cancellationToken);
        return new InstallationFeed(
            [
                .. live.Select(edge => new AgentFeedEdge(
                    Id: edge.Id.Value,
                    Name: edge.Name,
                    Addresses: edge.Addresses,
                    PublicPort: edge.PublicPort,
                    ConnectPublicPort: edge.ConnectPort
                )),
            ],
            await assignments.GetAsync(cancellationToken),
            facts.PlatformBundle,
            revoked,
            checkpoints.Newest
        );
    }
}
