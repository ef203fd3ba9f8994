namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The one writer. Many decisions share one transaction and one flush; no caller is answered before it (S12, S13).
/// </summary>
internal interface IJournal
{
    /// <summary>
    /// Completes when the decision is durable or refused. Throws only for an error in the decision itself (bad SQL, an
    /// undeclared constraint). Cancellation counts until the decision is queued; afterwards it runs to its end.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken);

    /// <summary>
    /// False: no decision has used that replay key, known without asking the database. True says nothing: it may have been
    /// used by another node, or by a decision that was never written.
    /// </summary>
    bool MayHaveUsed(ReplayKey key) => true;

    /// <summary>False after a failed commit, until the store has proved itself.</summary>
    bool IsHealthy { get; }
}
