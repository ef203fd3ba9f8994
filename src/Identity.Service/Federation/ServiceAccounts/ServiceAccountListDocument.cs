using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed record ServiceAccountListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<ServiceAccountDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
