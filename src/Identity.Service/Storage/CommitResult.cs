using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Storage;

/// <summary>The writer's answer.</summary>
internal readonly record struct CommitResult
{
    public required CommitOutcome Outcome { get; init; }

    /// <summary>Position in this node's audit chain; 0 when nothing was chained.</summary>
    public long Sequence { get; init; }

    /// <summary>The installation's revision after this commit.</summary>
    public long Revision { get; init; }

    /// <summary>Which expectation failed: the value that the failing statement named.</summary>
    public Enum? Conflict { get; init; }

    /// <summary>
    /// With <see cref="CommitOutcome.Replayed"/>: the durable first use of the key. Null = there is none: the decision
    /// that took the key was not written, and the key stays burnt (S12).
    /// </summary>
    public ReplayUse? Existing { get; init; }

    /// <summary>Set with <see cref="CommitOutcome.Unavailable"/>.</summary>
    public Refusal? Unavailable { get; init; }

    public bool IsCommitted => Outcome == CommitOutcome.Committed;

    /// <summary>
    /// For decisions that can only commit or meet an unavailable store; anything else is a programming error.
    /// </summary>
    public Refusal? RefusalIfUnavailable() =>
        Outcome switch
        {
            CommitOutcome.Committed => null,
            CommitOutcome.Unavailable => Unavailable ?? StorageErrors.Unavailable.Refuse(),
            _ => throw new InvalidOperationException($"Unexpected outcome {Outcome} ({Conflict})."),
        };
}
