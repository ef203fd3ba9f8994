using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ClientRangeSetDocument
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "client_range_set";

    [JsonPropertyName("ranges")]
    public required IReadOnlyList<string> Ranges { get; init; }

    [JsonPropertyName("revision")]
    public required long Revision { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTime UpdatedAt { get; init; }

    public static ClientRangeSetDocument Of(ClientRangeSet set) =>
        new()
        {
            Name = set.Name,
            Ranges = set.Ranges,
            Revision = set.Revision,
            UpdatedAt = set.UpdatedAt.UtcDateTime,
        };
}
