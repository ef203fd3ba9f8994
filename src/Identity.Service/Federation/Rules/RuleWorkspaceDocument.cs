using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record RuleWorkspaceDocument
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "federation_rule_workspace";

    [JsonPropertyName("federation_rule_id")]
    public required string FederationRuleId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }
}
