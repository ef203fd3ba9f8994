using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

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

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    public static WorkspaceDocument Of(Workspace workspace) =>
        new()
        {
            Id = workspace.Id.Value,
            Name = workspace.Name,
            IsDefault = workspace.IsDefault,
            CreatedAt = workspace.CreatedAt,
        };
}
