using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

internal sealed class AgentDialect(
    string tunnelId,
    InstanceId instance,
    Func<IReadOnlyList<AgentReportRoute>> routes,
    CheckpointWatch? checkpoints = null,
    IUsageSource? usage = null,
    Func<AgentReportDoctor?>? doctor = null,
    Func<string?>? callCheckpoint = null,
    Func<IReadOnlyList<AgentReportSecret>>? secrets = null
) : MachineDialect<AgentFeed>
{
    // Tried in this order; null: the report does not have that part.
    private static readonly Func<AgentReport, AgentReport?>[] Reductions =
    [
        OmitSecrets,
        OmitLastShown,
        OmitAnswers,
        OmitMinutes,
        OmitCallers,
        OmitDoctor,
    ];

    private AgentReportDoctor? refusedDoctor; // one report is sent at a time
    private string? sentCheckpoint;

    public override string Subject => $"agent {tunnelId} {instance}";

    public override PeerRole OwnRole => PeerRole.Agent;

    public override TimeSpan LongestFeedRetry { get; } = TimeSpan.FromSeconds(5);

    public override JsonTypeInfo<StoredFeed<AgentFeed>> StoredFeedType => StateJson.Default.StoredFeedAgentFeed;

    public override Task<ApiResult<MachineEnrollment>> EnrolAsync(
        IdentityClient client,
        PendingRequest pending,
        Proof proof,
        CancellationToken ct
    )
    {
        var request = new AgentEnrollmentRequest
        {
            TunnelId = tunnelId,
            InstanceId = instance.Value,
            Csr = pending.Csr,
        };
        return client.EnrolAgentAsync(request, pending.IdempotencyKey, proof, ct);
    }

    public override Task<ApiResult<MachineEnrollment>> RenewAsync(
        MachineClient client,
        PendingRequest pending,
        Proof? proof,
        CancellationToken ct
    ) => client.RenewAgentAsync(pending, proof, ct);

    public override Task<ApiResult<FeedAnswer<AgentFeed>>> FeedAsync(
        MachineClient client,
        long since,
        string? held,
        TimeSpan wait,
        CancellationToken ct
    ) => client.AgentFeedAsync(since, held, wait, ct);

    public override async Task<ApiFailure?> ReportAsync(
        MachineClient client,
        AgentFeed feed,
        string platformSerial,
        string? serverSerial,
        bool leaving,
        CancellationToken ct
    )
    {
        var part = usage?.Next();
        var checks = doctor?.Invoke();
        var report = new AgentReport(
            Revision: feed.Revision,
            Epochs: new(Platform: feed.PlatformBundle.Epoch, TrustBundle: feed.Tunnel.TrustBundle.Epoch),
            Serials: new(Platform: platformSerial, Server: serverSerial),
            Version: ProductVersion.Text,
            Routes: routes(),
            Usage: part,
            Doctor: ReferenceEquals(checks, refusedDoctor) ? null : checks,
            AuditAlarm: AuditAlarm,
            Leaving: leaving,
            StaticSecrets: secrets?.Invoke() is { Count: > 0 } found ? found : null
        );
        var failure = await client.ReportAsync(report, ct);
        foreach (var reduce in Reductions)
        {
            // A service of an earlier version does not know every part, and the rest must be delivered.
            if (failure is { IsTransient: false } && reduce(report) is { } reduced)
            {
                // These findings are not sent again; the next ones are.
                refusedDoctor = reduced.Doctor is null ? report.Doctor : refusedDoctor;
                report = reduced;
                failure = await client.ReportAsync(report, ct);
            }
        }

        // A refused part will be refused again, and the rest of the report must be delivered.
        if (part is not null && failure is not { IsTransient: true })
        {
            usage!.Delivered(part);
        }

        return failure ?? await SubmitCheckpointAsync(client, ct);
    }

    // A refused checkpoint will be refused again, and an older service has no such path: the report itself did not fail.
    private async Task<ApiFailure?> SubmitCheckpointAsync(MachineClient client, CancellationToken ct)
    {
        if (callCheckpoint?.Invoke() is not { } newest || newest == sentCheckpoint)
        {
            return null;
        }

        var failure = await client.SubmitCheckpointAsync(newest, ct);
        if (failure is { IsTransient: true })
        {
            return failure;
        }

        sentCheckpoint = newest;
        return null;
    }

    private static AgentReport? OmitSecrets(AgentReport report) =>
        report.StaticSecrets is not null ? report with { StaticSecrets = null } : null;

    private static AgentReport? OmitLastShown(AgentReport report) =>
        OmitFromEntries(report, entry => entry.LastShownAt is not null, entry => entry with { LastShownAt = null });

    private static AgentReport? OmitAnswers(AgentReport report) =>
        OmitFromEntries(report, entry => entry.Answers is not null, entry => entry with { Answers = null });

    private static AgentReport? OmitMinutes(AgentReport report) =>
        report.Usage is { Minutes: not null } usage ? report with { Usage = usage with { Minutes = null } } : null;

    // A report may also be too large with them.
    private static AgentReport? OmitCallers(AgentReport report) =>
        OmitFromEntries(report, entry => entry.Callers is not null, entry => entry with { Callers = null });

    private static AgentReport? OmitFromEntries(
        AgentReport report,
        Func<AgentReportUse, bool> has,
        Func<AgentReportUse, AgentReportUse> omit
    ) =>
        report.Usage is { } usage && usage.Entries.Any(has)
            ? report with
            {
                Usage = usage with { Entries = [.. usage.Entries.Select(omit)] },
            }
            : null;

    private static AgentReport? OmitDoctor(AgentReport report) =>
        report.Doctor is not null ? report with { Doctor = null } : null;

    public override string? AuditAlarm => checkpoints?.Alarm;

    public override void Observe(AgentFeed feed, PlatformTrust trust)
    {
        if (feed.AuditCheckpoint is { } checkpoint)
        {
            checkpoints?.Add(checkpoint, trust);
        }
    }

    public override bool IsOwn(SpiffeId id) =>
        id.Kind == SpiffeKind.Agent && id.TunnelId == tunnelId && id.Name == instance.Value;

    public override bool IsOwn(AgentFeed feed) => feed.Type == AgentFeed.TypeName && feed.Tunnel.Id == tunnelId;

    public override long GetRevision(AgentFeed feed) => feed.Revision;

    public override string? FindDigest(AgentFeed feed) => feed.Digest;

    public override BundleDocument GetPlatformBundle(AgentFeed feed) => feed.PlatformBundle;

    public override RevokedSerialSet GetRevokedSerials(AgentFeed feed) => RevokedSerialSet.From(feed);
}
