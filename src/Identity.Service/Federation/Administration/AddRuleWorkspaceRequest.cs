namespace Culvert.Identity.Service.Federation.Administration;

internal sealed record AddRuleWorkspaceRequest(string WorkspaceId);
