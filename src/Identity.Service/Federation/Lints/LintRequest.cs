using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Lints;

internal sealed record LintRequest
{
    /// <summary>A draft, as it would be created; null = all rules as they stand.</summary>
    [JsonPropertyName("rule")]
    public CreateRuleRequest? Rule { get; init; }

    /// <summary>The rule that <see cref="Change"/> is of.</summary>
    [JsonPropertyName("federation_rule_id")]
    public string? RuleId { get; init; }

    /// <summary>A change, as it would be made.</summary>
    [JsonPropertyName("change")]
    public UpdateRuleRequest? Change { get; init; }
}
