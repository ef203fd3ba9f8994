using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A workspace that a rule is enabled in.</summary>
internal sealed record RuleWorkspaceDocument
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "federation_rule_workspace";

    [JsonPropertyName("federation_rule_id")]
    public required string FederationRuleId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }
}
