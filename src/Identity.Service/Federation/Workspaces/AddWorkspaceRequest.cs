namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the account's side.</summary>
internal sealed record AddWorkspaceRequest
{
    public required string WorkspaceId { get; init; }

    public required string WorkspaceRole { get; init; }
}
