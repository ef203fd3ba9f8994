using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<EdgeDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
