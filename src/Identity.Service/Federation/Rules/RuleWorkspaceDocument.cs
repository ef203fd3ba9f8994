namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A workspace that a rule is enabled in.</summary>
internal sealed record RuleWorkspaceDocument
{
    public string Type { get; init; } = "federation_rule_workspace";

    public required string FederationRuleId { get; init; }

    public required string WorkspaceId { get; init; }
}
