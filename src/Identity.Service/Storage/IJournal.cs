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
    /// False: no decision has used that replay key, or its end is past. True: ask the database, because another node may
    /// have used it, and a decision that claimed it may not have been written.
    /// </summary>
    bool MayHaveUsed(ReplayKey key) => true;

    /// <summary>False after a failed commit, until the store has proved itself.</summary>
    bool IsHealthy { get; }
}
