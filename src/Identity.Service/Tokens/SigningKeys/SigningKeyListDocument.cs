using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>Newest first; at most twelve, so there is one page.</summary>
internal sealed record SigningKeyListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<SigningKeyDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
