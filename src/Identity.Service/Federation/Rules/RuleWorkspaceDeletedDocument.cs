namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record RuleWorkspaceDeletedDocument
{
    public string Type { get; init; } = "federation_rule_workspace_deleted";

    public required string FederationRuleId { get; init; }

    public required string WorkspaceId { get; init; }
}
