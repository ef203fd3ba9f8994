using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record IssuerListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<IssuerDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
