using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>Two unproven refusals with equal keys are counted together.</summary>
internal readonly record struct RefusalKey(
    string OrganizationId,
    string RuleId,
    string IssuerId,
    DenialReason Reason,
    string Source
);
