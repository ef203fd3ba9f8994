using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

internal sealed record WorkspaceDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    bool IsDefault,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "workspace";

    public static WorkspaceDocument From(Workspace workspace) =>
        new(
            Id: workspace.Id.Value,
            Name: workspace.Name,
            IsDefault: workspace.IsDefault,
            CreatedAt: workspace.CreatedAt
        );
}
