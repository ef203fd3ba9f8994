using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ClientRangeSetListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<ClientRangeSetDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
