using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record CreateWorkspaceRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
