using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Transparency;

/// <summary>A journal that ends a process at one of its commits: before it, or after it, without its answer.</summary>
/// <param name="journal">The real one.</param>
/// <param name="at">At which commit, from 1.</param>
/// <param name="isWritten">Whether it is durable all the same.</param>
internal sealed class BrokenCommits(IJournal journal, int at, bool isWritten) : IJournal
{
    private int commits;

    public bool IsHealthy => journal.IsHealthy;

    public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref commits) != at)
        {
            return await journal.CommitAsync(decision, cancellationToken);
        }

        if (isWritten)
        {
            await journal.CommitAsync(decision, cancellationToken);
        }

        throw new StoreException("The process ends here.");
    }
}
