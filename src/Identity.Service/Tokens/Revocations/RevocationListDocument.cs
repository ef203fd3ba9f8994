using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal sealed record RevocationListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RevocationDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
