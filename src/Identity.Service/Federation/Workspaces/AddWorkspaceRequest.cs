using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A membership, added from the account's side.</summary>
internal sealed record AddWorkspaceRequest
{
    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }

    [JsonPropertyName("workspace_role")]
    public required string WorkspaceRole { get; init; }
}
