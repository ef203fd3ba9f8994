using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record CallerListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<CallerDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
