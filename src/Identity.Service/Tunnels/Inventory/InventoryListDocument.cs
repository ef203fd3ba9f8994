using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record InventoryListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<InventoryDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
