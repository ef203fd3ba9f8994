using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// Drops the bodies of entries that are older than <c>audit.retention</c>, and never a digest: the chain stays provable
/// from its first entry (S30). In batches, so that no decision waits for more than one.
/// </summary>
internal sealed class AuditRetention(
    AuditLog log,
    AuditBodies bodies,
    IJournal journal,
    Current<AuditOptions> options,
    TimeProvider time,
    ILogger<AuditRetention> logger
)
    : RecurringJob(
        "audit_retention",
        "Drops bodies of audit entries that are past their time.",
        TimeSpan.FromHours(1),
        time
    )
{
    private const int Batch = 500;

    /// <summary>Drops everything that is due, of every node's chain.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        var before = Time.GetUtcNow() - options.Value.Retention;
        foreach (var node in await log.NodesAsync(cancellationToken))
        {
            await DropAsync(node, before, cancellationToken);
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => DropAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RetentionFailed(logger, fault);

    private async Task DropAsync(string node, DateTimeOffset before, CancellationToken cancellationToken)
    {
        long dropped = 0;
        long last = 0;
        while (await bodies.FindAsync(node, before, Batch, cancellationToken) is var (after, to))
        {
            var result = await journal.CommitAsync(
                new Decision { Statements = bodies.Drop(node, after, to) },
                cancellationToken
            );
            if (result.Conflict is AuditBodiesConflict.Dropped)
            {
                continue; // another node's; what follows it may be due, too
            }

            if (!result.IsCommitted)
            {
                break; // an hour later the store may be back
            }

            (dropped, last) = (dropped + to - after, to);
        }

        if (dropped > 0)
        {
            ServiceMeters.AuditBodiesDropped.Add(dropped);
            Log.BodiesDropped(logger, node, dropped, last);
        }
    }
}
