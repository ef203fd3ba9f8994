namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the workspace's side.</summary>
internal sealed record AddMemberRequest
{
    public required string ServiceAccountId { get; init; }

    public required string WorkspaceRole { get; init; }
}
