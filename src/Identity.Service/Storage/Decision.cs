using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Everything that one answer rests on, committed together or not at all: the audit event, the replay key, and the
/// changes.
/// </summary>
internal sealed record Decision
{
    /// <summary>
    /// The chained audit entry. Null only for bookkeeping that is not a decision (last contact of an agent, unproven
    /// refusals of S31).
    /// </summary>
    public AuditEvent? Event { get; init; }

    /// <summary>What must not have happened before; needs an <see cref="Event"/>, whose row carries it.</summary>
    public ReplayKey? Replay { get; init; }

    public IReadOnlyList<Statement> Statements { get; init; } = [];

    /// <summary>
    /// What nodes must read again after this decision: raises the topics' counters in the same transaction.
    /// </summary>
    public ChangeTopics Changes { get; init; }

    public DecisionClass Class { get; init; } = DecisionClass.Essential;

    /// <summary>
    /// A decision that this one rests on, written in the same transaction and before it. Without it this one is not
    /// written: then the outcome is <see cref="CommitOutcome.Replayed"/>. It stays when this one meets a conflict. Null =
    /// none; it has none itself.
    /// </summary>
    public Decision? Preceding { get; init; }
}
