namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record MembershipDeletedDocument
{
    public string Type { get; init; } = "service_account_workspace_member_deleted";

    public required string ServiceAccountId { get; init; }

    public required string WorkspaceId { get; init; }
}
