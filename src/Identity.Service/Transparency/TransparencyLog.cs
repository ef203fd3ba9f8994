using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Transparency.Tree;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// Adds pending entries to the tree and signs its head, every minute. Each batch is one transaction, refused if the tree has
/// changed since the computation: an interrupted node leaves no partial batch.
/// </summary>
internal sealed class TransparencyLog(
    TreeStore tree,
    PendingSource pending,
    TreePublisher publisher,
    LeaseStore leases,
    IJournal journal,
    TimeProvider time
)
    : RecurringJob(
        "transparency_log",
        "Adds agents' checkpoints, certificates and changes to the transparency log, and signs its tree head.",
        TimeSpan.FromMinutes(1),
        time
    )
{
    // After this many batches a head is signed; the rest follows in the next round.
    private const int MaxBatches = 200;

    // Longer than a batch takes: one node does this work, because the others' batches would be refused.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public async Task IntegrateAsync(CancellationToken cancellationToken)
    {
        if (!await leases.TryAcquireAsync(Name, Lease, cancellationToken))
        {
            return;
        }

        for (var batches = 0; batches < MaxBatches && await AddBatchAsync(cancellationToken); batches++)
        {
            // Until nothing is pending, or another node was first.
        }

        await publisher.PublishAsync(cancellationToken);
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => IntegrateAsync(cancellationToken);

    // False: nothing was added.
    private async Task<bool> AddBatchAsync(CancellationToken cancellationToken)
    {
        var before = await tree.StateAsync(cancellationToken);
        if (await pending.NextAsync(before.Size, cancellationToken) is not { } batch)
        {
            return false;
        }

        var after = await TreeAppender.ContinueAsync(before.Size, tree.TileAsync, cancellationToken);
        foreach (var entry in batch.Entries)
        {
            after.Add(entry.ToHash());
        }

        var root = await after.FinishAsync(cancellationToken);
        var added = await journal.CommitAsync(
            new Decision
            {
                Statements =
                [
                    leases.Acquire(Name, Lease),
                    .. tree.Append(before, batch.Entries, after, root),
                    .. batch.Done,
                ],
            },
            cancellationToken
        );
        return added.IsCommitted;
    }
}
