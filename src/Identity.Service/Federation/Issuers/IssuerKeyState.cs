using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What is sealed together with a key set's document.</summary>
internal sealed record IssuerKeyState
{
    public required string Source { get; init; }

    public required string Digest { get; init; }

    [JsonPropertyName("fetched_at_ms")]
    public required long FetchedAt { get; init; }

    [JsonPropertyName("fresh_for_ms")]
    public required long FreshFor { get; init; }

    public string? EntityTag { get; init; }

    public long? Sequence { get; init; }

    public required IReadOnlyCollection<string> Proven { get; init; }
}
