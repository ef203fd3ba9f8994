using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// Removes the bodies of entries older than <c>audit.retention</c>, but no digest: the chain can be verified from its first
/// entry (S30). Works in batches, so that no decision waits for more than one.
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

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        var before = Time.GetUtcNow() - options.Value.Retention;
        foreach (var node in await log.NodesAsync(cancellationToken))
        {
            await DropAsync(node, before, cancellationToken);
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => DropAsync(cancellationToken);

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
            if (result.IsStale)
            {
                continue; // another node's batch; later ones may be due too
            }

            if (!result.IsCommitted)
            {
                break; // the store may be available an hour later
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
