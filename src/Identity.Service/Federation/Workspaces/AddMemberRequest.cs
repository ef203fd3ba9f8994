namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the workspace's side.</summary>
internal sealed record AddMemberRequest(string ServiceAccountId, string WorkspaceRole);
