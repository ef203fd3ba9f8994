namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The only writer. Many decisions share one transaction and one flush; no caller gets its answer before that (S12, S13).
/// </summary>
internal interface IJournal
{
    /// <summary>
    /// Completes when the decision is durable or refused. Throws only for an error in the decision itself (wrong SQL, an
    /// undeclared constraint). Cancellation works until the decision is queued.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken);

    /// <summary>
    /// False: no decision has used the replay key, or it has expired. True: query the database, because another node may
    /// have used it, or the decision that claimed it was not written.
    /// </summary>
    bool MayHaveUsed(ReplayKey key) => true;

    /// <summary>False from a failed commit until the store has proved itself.</summary>
    bool IsHealthy { get; }
}
