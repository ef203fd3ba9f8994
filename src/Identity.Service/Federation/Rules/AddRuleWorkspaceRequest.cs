namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record AddRuleWorkspaceRequest(string WorkspaceId);
