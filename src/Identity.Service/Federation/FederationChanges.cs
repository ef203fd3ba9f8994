using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// Commits administrative changes and puts them into effect: the answer is sent only after the exchange sees the new
/// state, so that "archived" means "from now on".
/// </summary>
internal sealed class FederationChanges(IJournal journal, FederationChangeLog log, IChanges changes)
{
    public ValueTask<Refusal?> CommitAsync(
        AuditEvent change,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    ) =>
        // Rules, issuers and service accounts decide which machines stay enrolled, and feeds contain that (S4).
        CommitAsync(change, statements, ChangeTopics.Federation | ChangeTopics.Feed, cancellationToken);

    /// <summary>As the other overload; every node reloads its memory of <paramref name="topics"/>.</summary>
    public async ValueTask<Refusal?> CommitAsync(
        AuditEvent change,
        IReadOnlyList<Statement> statements,
        ChangeTopics topics,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = change,
                Statements = [.. statements, .. log.Note(change)],
                Changes = topics,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Committed: the caller can no longer cancel. If the directory fails to read the change, it is in force all the
        // same, and nothing is granted until it has been read: the answer "failed" would be wrong.
        await changes.WhenDeliveredAsync(topics);
        return null;
    }
}
