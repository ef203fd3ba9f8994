using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Everything that one answer depends on, committed atomically: the audit event, the replay key, and the changes.
/// </summary>
internal sealed record Decision
{
    /// <summary>
    /// The audit entry. Null only for records that are not decisions (last contact of an agent, unproven refusals of S31).
    /// </summary>
    public AuditEvent? Event { get; init; }

    /// <summary>
    /// The replay key that must not have been used before; requires an <see cref="Event"/>, whose row stores it.
    /// </summary>
    public ReplayKey? Replay { get; init; }

    public IReadOnlyList<Statement> Statements { get; init; } = [];

    /// <summary>
    /// The topics that nodes must read again after this decision: the same transaction raises their counters.
    /// </summary>
    public ChangeTopics Changes { get; init; }

    public DecisionClass Class { get; init; } = DecisionClass.Essential;

    /// <summary>
    /// A decision that this one depends on, written before it in the same transaction. If it is not written, neither is this
    /// one: the outcome is <see cref="CommitOutcome.Replayed"/>. A conflict of this one does not undo it. Null = none; it
    /// must not have one itself.
    /// </summary>
    public Decision? Preceding { get; init; }
}
