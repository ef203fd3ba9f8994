using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// Sends every entry to one target, chain by chain in order, at least once. It reads durable entries and stores its
/// position: no decision waits for it, and after a restart it continues after the last batch. One node at a time sends; all
/// nodes measure the target's lag.
/// </summary>
internal sealed class AuditExporter(
    AuditTarget target,
    IAuditSink sink,
    AuditExportStore store,
    IJournal journal,
    LeaseStore leases,
    TimeProvider time,
    ILogger<AuditExporter> logger
)
    : RecurringJob(
        $"audit_export.{target.Name}",
        "Sends the audit log to this target.",
        Interval,
        time,
        beginsAtOnce: true
    )
{
    public const int BatchEntries = 500;

    /// <summary>A batch of this size takes no further entry: it is below the default limits of collectors.</summary>
    public const int BatchBytes = 1024 * 1024;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a batch may take, so that no other node starts meanwhile.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(20);

    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private int failures;
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;

    public AuditTarget Target => target;

    private KeyValuePair<string, object?> Label => new("target", target.Name);

    /// <summary>Sends the missing entries, unless the target has just failed or another node sends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var isOurs = false; ; isOurs = true) // each stored batch extends the lease
        {
            var now = Time.GetStoreNow();
            var lags = await store.LagsAsync(target.Name, cancellationToken);
            Measure(lags, now);
            if (lags.Count == 0 || now < notBefore || !journal.IsHealthy)
            {
                return;
            }

            if (!isOurs && !await leases.TryAcquireAsync(target.Name, Lease, cancellationToken))
            {
                return;
            }

            foreach (var lag in lags)
            {
                if (!await SendAsync(lag, cancellationToken))
                {
                    return;
                }
            }
        }
    }

    public override void Dispose()
    {
        (sink as IDisposable)?.Dispose();
        base.Dispose();
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    // One batch of one chain. False: this round ends.
    private async Task<bool> SendAsync(ChainLag lag, CancellationToken cancellationToken)
    {
        var batch = Cut(await store.ReadAsync(lag.Node, lag.Position, BatchEntries, cancellationToken));
        var sent = await TrySendAsync(batch, cancellationToken);
        if (sent.Error is { } error)
        {
            Fail(error);
            return false;
        }

        if (sent.Rejected > 0)
        {
            ServiceMeters.AuditExportFailures.Add(sent.Rejected, Label);
            Log.ExportRejected(logger, target.Name, sent.Rejected);
        }

        if (failures > 0)
        {
            Log.ExportResumed(logger, target.Name, failures);
            failures = 0;
        }

        ServiceMeters.AuditExported.Add(batch.Count - sent.Rejected, Label);
        var stored = await journal.CommitAsync(
            new Decision
            {
                Statements =
                [
                    store.Advance(target.Name, lag.Node, lag.Position, batch[^1].Entry.Sequence),
                    leases.Acquire(target.Name, Lease),
                ],
            },
            cancellationToken
        );
        return stored.IsCommitted;
    }

    private async Task<AuditSent> TrySendAsync(IReadOnlyList<ExportedEntry> batch, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(SendWithin, Time, cancellationToken);
        try
        {
            return await sink.SendAsync(batch, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AuditSent($"The request timed out after {SendWithin.TotalSeconds:0} s.");
        }
    }

    private void Fail(string error)
    {
        failures++;
        var wait = new Backoff(Interval, LongestWait).After(failures);
        notBefore = Time.GetUtcNow() + wait;
        ServiceMeters.AuditExportFailures.Add(1, Label);
        Log.ExportFailed(logger, target.Name, error, wait);
    }

    private void Measure(IReadOnlyList<ChainLag> lags, DateTimeOffset now)
    {
        var oldest = lags.Select(lag => lag.OldestAt).Append(now).Min();
        ServiceMeters.AuditExportLag.Record((now - oldest).TotalSeconds, Label);
        ServiceMeters.AuditExportWaiting.Record(lags.Sum(lag => lag.Entries), Label);
    }

    private static List<ExportedEntry> Cut(IReadOnlyList<ExportedEntry> entries)
    {
        long bytes = 0;
        return
        [
            .. entries.TakeWhile(entry =>
            {
                var fits = bytes < BatchBytes;
                bytes += entry.Entry.Body?.Length ?? 0;
                return fits;
            }),
        ];
    }
}
