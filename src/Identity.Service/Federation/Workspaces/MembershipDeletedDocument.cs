using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record MembershipDeletedDocument(string ServiceAccountId, string WorkspaceId)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "service_account_workspace_member_deleted";
}
