using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>A workspace that a rule is enabled in.</summary>
internal sealed record RuleWorkspaceDocument(string FederationRuleId, string WorkspaceId)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "federation_rule_workspace";
}
