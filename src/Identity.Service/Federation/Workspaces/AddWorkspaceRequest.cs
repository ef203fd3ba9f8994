namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the account's side.</summary>
internal sealed record AddWorkspaceRequest(string WorkspaceId, string WorkspaceRole);
