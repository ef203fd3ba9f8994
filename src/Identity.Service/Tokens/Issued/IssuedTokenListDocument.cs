using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tokens.Issued;

internal sealed record IssuedTokenListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<IssuedTokenDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
