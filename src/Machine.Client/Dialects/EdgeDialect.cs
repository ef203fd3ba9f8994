using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

internal sealed class EdgeDialect(string edgeId, Func<EdgeReportContent> content) : MachineDialect<EdgeFeed>
{
    private EdgeReportGrace? refusedGrace;

    public override string Subject => $"edge {edgeId}";

    public override PeerRole OwnRole => PeerRole.EdgeServer;

    // S10: a revocation takes effect within 5 s, also one made just after the service came back. Edges are few.
    public override TimeSpan LongestFeedRetry { get; } = TimeSpan.FromSeconds(2);

    public override JsonTypeInfo<StoredFeed<EdgeFeed>> StoredFeedType => StateJson.Default.StoredFeedEdgeFeed;

    public override Task<ApiResult<MachineEnrollment>> EnrolAsync(
        IdentityClient client,
        PendingRequest pending,
        Proof proof,
        CancellationToken ct
    )
    {
        var request = new EdgeEnrollmentRequest { EdgeId = edgeId, Csr = pending.Csr };
        return client.EnrolEdgeAsync(request, pending.IdempotencyKey, proof, ct);
    }

    public override Task<ApiResult<MachineEnrollment>> RenewAsync(
        MachineClient client,
        PendingRequest pending,
        Proof? proof,
        CancellationToken ct
    ) => client.RenewEdgeAsync(pending, proof, ct);

    public override Task<ApiResult<FeedAnswer<EdgeFeed>>> FeedAsync(
        MachineClient client,
        long since,
        string? held,
        TimeSpan wait,
        CancellationToken ct
    ) => client.EdgeFeedAsync(since, wait, ct);

    public override async Task<ApiFailure?> ReportAsync(
        MachineClient client,
        EdgeFeed feed,
        string platformSerial,
        string? serverSerial,
        bool leaving,
        CancellationToken ct
    )
    {
        var own = content();
        var report = new EdgeReport
        {
            Revision = feed.Revision,
            Epochs = new(feed.PlatformBundle.Epoch),
            Serial = platformSerial,
            Version = ProductVersion.Text,
            SniPublicPort = own.SniPublicPort,
            ConnectPublicPort = own.ConnectPublicPort,
            Agents = own.Agents,
            ClientConnections = own.ClientConnections,
            OfflineGrace = own.OfflineGrace == refusedGrace ? null : own.OfflineGrace,
            Leaving = leaving,
        };
        var failure = await client.ReportAsync(report, ct);
        if (report.OfflineGrace is { } grace && failure is { IsTransient: false })
        {
            // A service of an earlier version does not know this part, and the rest must be delivered.
            refusedGrace = grace;
            failure = await client.ReportAsync(report with { OfflineGrace = null }, ct);
        }

        return failure;
    }

    public override bool IsOwn(SpiffeId id) => id.Kind == SpiffeKind.Edge && id.Name == edgeId;

    public override bool IsOwn(EdgeFeed feed) => feed.Type == EdgeFeed.TypeName && feed.Edge.Id == edgeId;

    public override long GetRevision(EdgeFeed feed) => feed.Revision;

    // An edge's feed contains every tunnel, so nearly every change concerns it.
    public override string? FindDigest(EdgeFeed feed) => null;

    public override BundleDocument GetPlatformBundle(EdgeFeed feed) => feed.PlatformBundle;

    public override RevokedSerialSet GetRevokedSerials(EdgeFeed feed) => RevokedSerialSet.From(feed);
}
