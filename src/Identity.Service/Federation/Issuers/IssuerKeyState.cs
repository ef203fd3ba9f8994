using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What is sealed together with a key set's document.</summary>
internal sealed record IssuerKeyState
{
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    [JsonPropertyName("fetched_at_ms")]
    public required long FetchedAt { get; init; }

    [JsonPropertyName("fresh_for_ms")]
    public required long FreshFor { get; init; }

    [JsonPropertyName("entity_tag")]
    public string? EntityTag { get; init; }

    [JsonPropertyName("sequence")]
    public long? Sequence { get; init; }

    [JsonPropertyName("proven")]
    public required IReadOnlyCollection<string> Proven { get; init; }
}
