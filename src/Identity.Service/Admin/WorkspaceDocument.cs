using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

internal sealed record WorkspaceDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "workspace";

    public required string Name { get; init; }

    public required bool IsDefault { get; init; }

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
