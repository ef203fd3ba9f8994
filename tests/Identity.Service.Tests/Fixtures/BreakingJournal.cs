using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A journal whose n-th commit is refused as a failing store refuses it: nothing of it is written.</summary>
internal sealed class BreakingJournal(IJournal journal, int breakAt) : IJournal
{
    private int commits;

    public bool IsHealthy => journal.IsHealthy;

    public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref commits) == breakAt
            ? new(
                new CommitResult
                {
                    Outcome = CommitOutcome.Unavailable,
                    Unavailable = StorageErrors.Unavailable.Refuse(),
                }
            )
            : journal.CommitAsync(decision, cancellationToken);
}
