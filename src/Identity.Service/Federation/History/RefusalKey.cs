using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>What makes two unproven refusals alike enough to be counted together.</summary>
internal readonly record struct RefusalKey(
    string OrganizationId,
    string RuleId,
    string IssuerId,
    DenialReason Reason,
    string Source
);
