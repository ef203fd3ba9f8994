namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record UpdateMemberRequest(string WorkspaceRole);
