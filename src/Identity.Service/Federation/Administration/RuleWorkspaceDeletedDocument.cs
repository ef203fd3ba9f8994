using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Administration;

internal sealed record RuleWorkspaceDeletedDocument(string FederationRuleId, string WorkspaceId)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "federation_rule_workspace_deleted";
}
