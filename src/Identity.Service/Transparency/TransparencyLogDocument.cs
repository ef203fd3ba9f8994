using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>The configuration of a verifier of the log.</summary>
internal sealed record TransparencyLogDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "transparency_log";

    [JsonPropertyName("origin")]
    public required string Origin { get; init; }

    /// <summary>Null before the first tree head is signed.</summary>
    [JsonPropertyName("key")]
    public required string? Key { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>The witnesses that cosign tree heads.</summary>
    [JsonPropertyName("witnesses")]
    public required IReadOnlyList<TransparencyWitnessDocument> Witnesses { get; init; }
}
