using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record WorkspaceDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "workspace";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("is_default")]
    public required bool IsDefault { get; init; }
}
