using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>How often requests of federated callers wait for the store.</summary>
internal sealed class CountingJournal(IJournal journal) : IJournal
{
    private int commits;

    public int Commits => Volatile.Read(ref commits);

    public bool IsHealthy => journal.IsHealthy;

    public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (decision.Event?.Cause.Actor.Type == "federated")
        {
            Interlocked.Increment(ref commits);
        }

        return journal.CommitAsync(decision, cancellationToken);
    }
}
