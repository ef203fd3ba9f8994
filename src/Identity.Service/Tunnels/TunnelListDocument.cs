using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<TunnelDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
