namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record UpdateMemberRequest
{
    public required string WorkspaceRole { get; init; }
}
