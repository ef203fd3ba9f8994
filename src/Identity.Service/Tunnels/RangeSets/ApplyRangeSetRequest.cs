using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ApplyRangeSetRequest
{
    [JsonPropertyName("ranges")]
    public required IReadOnlyList<string?> Ranges { get; init; }

    /// <summary>The revision that the caller saw, 0 = none yet; null = any.</summary>
    [JsonPropertyName("revision")]
    public long? Revision { get; init; }
}
