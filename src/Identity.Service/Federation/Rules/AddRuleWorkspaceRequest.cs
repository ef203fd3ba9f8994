using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record AddRuleWorkspaceRequest
{
    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }
}
