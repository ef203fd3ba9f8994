using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record ApplyRangeSetRequest
{
    [JsonPropertyName("ranges")]
    public required IReadOnlyList<string?> Ranges { get; init; }

    /// <summary>The revision that the caller saw, 0 = there is none yet; null = whatever is there.</summary>
    [JsonPropertyName("revision")]
    public long? Revision { get; init; }
}
