using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record RouteListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RouteDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
