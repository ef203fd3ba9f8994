using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record UpdateMemberRequest
{
    [JsonPropertyName("workspace_role")]
    public required string WorkspaceRole { get; init; }
}
