using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the workspace's side.</summary>
internal sealed record AddMemberRequest
{
    [JsonPropertyName("service_account_id")]
    public required string ServiceAccountId { get; init; }

    [JsonPropertyName("workspace_role")]
    public required string WorkspaceRole { get; init; }
}
