using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Authorization;

/// <summary>What a rule grants to a person; or the denial, if there is no rule.</summary>
/// <param name="Scope">Separated by spaces, in the rule's order.</param>
internal sealed record PersonDecision(CompiledRule? Rule, string WorkspaceId, string Scope, DenialReason Denial)
{
    public static PersonDecision Denied(DenialReason reason) => new(null, "", "", reason);
}
