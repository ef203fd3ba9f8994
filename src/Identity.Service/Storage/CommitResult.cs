using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Storage;

internal readonly record struct CommitResult
{
    public required CommitOutcome Outcome { get; init; }

    /// <summary>The position in this node's audit chain; 0 if there is no entry.</summary>
    public long Sequence { get; init; }

    public long Revision { get; init; }

    /// <summary>The unmet expectation: the value that the failing statement declared.</summary>
    public Enum? Conflict { get; init; }

    /// <summary>
    /// With <see cref="CommitOutcome.Replayed"/>: the durable first use of the key. Null = the decision that claimed the key
    /// was not written; the key stays used (S12).
    /// </summary>
    public ReplayUse? Existing { get; init; }

    public Refusal? Unavailable { get; init; }

    public bool IsCommitted => Outcome == CommitOutcome.Committed;

    /// <summary>
    /// For decisions that can only commit or find the store unavailable; any other outcome is a programming error.
    /// </summary>
    public Refusal? RefusalIfUnavailable() =>
        Outcome switch
        {
            CommitOutcome.Committed => null,
            CommitOutcome.Unavailable => Unavailable ?? StorageErrors.Unavailable.Refuse(),
            _ => throw new InvalidOperationException($"Unexpected outcome {Outcome} ({Conflict})."),
        };
}
