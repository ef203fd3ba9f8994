using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>An operator tried claims against rules. Records the act and its result, never the claims.</summary>
/// <param name="Input"><c>token</c>, <c>claims</c>, <c>event</c>, <c>sample</c> or <c>replay</c>.</param>
/// <param name="RuleId">Null for a draft or a search.</param>
internal sealed record RuleSimulated(
    AuditOrigin Origin,
    string OrganizationId,
    string Input,
    string? RuleId,
    string? IssuerId,
    string? Decision
)
    : AuditEvent(
        AuditEvents.FederationRuleSimulated,
        Origin,
        OrganizationId,
        [],
        [("input", Input), ("federation_rule_id", RuleId), ("issuer_id", IssuerId), ("decision", Decision)]
    );
