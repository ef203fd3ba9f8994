using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record MembershipDeletedDocument
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "service_account_workspace_member_deleted";

    [JsonPropertyName("service_account_id")]
    public required string ServiceAccountId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }
}
