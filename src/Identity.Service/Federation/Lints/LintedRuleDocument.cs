using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Lints;

internal sealed record LintedRuleDocument
{
    /// <summary>Null for a draft.</summary>
    [JsonPropertyName("federation_rule_id")]
    public required string? RuleId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<LintDocument> Lints { get; init; }
}
