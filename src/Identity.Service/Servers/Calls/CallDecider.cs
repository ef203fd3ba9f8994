using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>Who approves or rejects a call.</summary>
/// <param name="Name">The id of a key, a person or a webhook, as requests show it.</param>
/// <param name="Person">The person who counts where two people must approve (S34).</param>
internal sealed record CallDecider(string Name, string Person, AuditCause Cause)
{
    public ReplayKey? Replay { get; init; }

    /// <summary>The refusal if <see cref="Replay"/> was used before.</summary>
    public Refusal? ReplayRefusal { get; init; }

    /// <summary>Conditions that must hold when the decision is written.</summary>
    public IReadOnlyList<Statement> Conditions { get; init; } = [];
}
