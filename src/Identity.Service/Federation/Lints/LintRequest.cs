using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Lints;

internal sealed record LintRequest
{
    /// <summary>A draft, as in the body of a creation; null = all saved rules.</summary>
    public CreateRuleRequest? Rule { get; init; }

    /// <summary>The rule that <see cref="Change"/> applies to.</summary>
    [JsonPropertyName("federation_rule_id")]
    public string? RuleId { get; init; }

    /// <summary>As in the body of an update.</summary>
    public UpdateRuleRequest? Change { get; init; }
}
