namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record AddRuleWorkspaceRequest
{
    public required string WorkspaceId { get; init; }
}
