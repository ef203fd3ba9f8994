using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Storage;

internal readonly record struct CommitResult
{
    public required CommitOutcome Outcome { get; init; }

    /// <summary>The position in this node's audit chain; 0 if there is no entry.</summary>
    public long Sequence { get; init; }

    public long Revision { get; init; }

    /// <summary>
    /// With <see cref="CommitOutcome.Replayed"/>: the durable first use of the key. Null = the decision that claimed the key
    /// was not written; the key stays used (S12).
    /// </summary>
    public ReplayUse? Existing { get; init; }

    /// <summary>The refusal that the failing statement carries, or why the store is unavailable.</summary>
    public Refusal? Refusal { get; init; }

    public bool IsCommitted => Outcome == CommitOutcome.Committed;

    /// <summary>True if another caller was first: this one reads the new state.</summary>
    public bool IsStale => Outcome == CommitOutcome.Stale;

    /// <summary>
    /// What to answer; null if the decision was committed. A caller whose decision may be stale or a replay handles
    /// these outcomes first; here they are a programming error.
    /// </summary>
    public Refusal? RefusalUnlessCommitted() =>
        Outcome switch
        {
            CommitOutcome.Committed => null,
            CommitOutcome.Refused => Refusal!,
            CommitOutcome.Unavailable => Refusal ?? StorageErrors.Unavailable.Refuse(),
            _ => throw new InvalidOperationException($"Unexpected outcome {Outcome}."),
        };
}
