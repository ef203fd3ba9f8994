using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A journal that refuses one commit on request, as a failing store refuses it: nothing of it is written.</summary>
internal sealed class FailingJournal(IJournal journal) : IJournal
{
    private int isFailing;

    public bool IsHealthy => journal.IsHealthy;

    public void FailNext() => Interlocked.Exchange(ref isFailing, 1);

    public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
        // Background work (the keys that an issuer publishes) is not what a test means to break.
        decision.Class == DecisionClass.Bulk
        && Interlocked.Exchange(ref isFailing, 0) == 1
            ? new(
                new CommitResult { Outcome = CommitOutcome.Unavailable, Refusal = StorageErrors.Unavailable.Refuse() }
            )
            : journal.CommitAsync(decision, cancellationToken);
}
