using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Lints;

/// <param name="Rule">A draft, as in the body of a creation; null = all saved rules.</param>
/// <param name="RuleId">The rule that <see cref="Change"/> applies to.</param>
/// <param name="Change">As in the body of an update.</param>
internal sealed record LintRequest(
    CreateRuleRequest? Rule = null,
    [property: JsonPropertyName("federation_rule_id")] string? RuleId = null,
    UpdateRuleRequest? Change = null
);
