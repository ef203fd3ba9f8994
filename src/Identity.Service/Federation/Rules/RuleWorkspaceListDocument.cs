using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Never paged.</summary>
internal sealed record RuleWorkspaceListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RuleWorkspaceDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
