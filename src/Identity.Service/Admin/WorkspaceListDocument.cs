using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record WorkspaceListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<WorkspaceDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
