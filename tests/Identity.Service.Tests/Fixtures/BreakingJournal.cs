using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A journal whose n-th commit from now is refused as a failing store refuses it: nothing of it is written.</summary>
internal sealed class BreakingJournal(IJournal journal, int breakAt = 0) : IJournal
{
    private int countdown = breakAt;

    /// <summary>While true every commit that is audited is refused.</summary>
    public bool IsBroken { get; set; }

    public bool IsHealthy => journal.IsHealthy;

    /// <summary>1 = the next commit that is audited: the service's own rounds make others at any time.</summary>
    public void BreakAt(int commit) => Volatile.Write(ref countdown, commit);

    public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
        decision.Event is not null && (IsBroken || Interlocked.Decrement(ref countdown) == 0)
            ? new(
                new CommitResult { Outcome = CommitOutcome.Unavailable, Refusal = StorageErrors.Unavailable.Refuse() }
            )
            : journal.CommitAsync(decision, cancellationToken);
}
