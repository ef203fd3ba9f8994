using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>Who approves or rejects a call.</summary>
/// <param name="Name">As requests show it: the id of a key, a person or a webhook.</param>
/// <param name="Person">Whose vote it is, where two people must approve (S34).</param>
/// <param name="Cause">For the audit.</param>
internal sealed record CallDecider(string Name, string Person, AuditCause Cause)
{
    /// <summary>What the decision uses up; null = nothing.</summary>
    public ReplayKey? Replay { get; init; }

    /// <summary>What must still hold when the decision is written.</summary>
    public IReadOnlyList<Statement> Conditions { get; init; } = [];

    /// <summary>Why <see cref="Replay"/> or <see cref="Conditions"/> kept the decision from being written; null = they did not.</summary>
    public Func<CommitResult, Refusal?> FindRefusal { get; init; } = _ => null;
}
