using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record RuleListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RuleDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
