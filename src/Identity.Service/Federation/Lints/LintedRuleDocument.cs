using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Lints;

/// <param name="RuleId">Null for a draft.</param>
internal sealed record LintedRuleDocument(
    [property: JsonPropertyName("federation_rule_id")] string? RuleId,
    string Name,
    IReadOnlyList<LintDocument> Lints
);
