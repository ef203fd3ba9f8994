using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<AdminKeyDocument> Data { get; init; }

    /// <summary>The newest thousand are all there is to see.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
