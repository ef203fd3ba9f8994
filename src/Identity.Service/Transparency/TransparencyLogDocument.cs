using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>What a verifier of the log is configured with.</summary>
internal sealed record TransparencyLogDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "transparency_log";

    [JsonPropertyName("origin")]
    public required string Origin { get; init; }

    /// <summary>Null before the first tree head was signed.</summary>
    [JsonPropertyName("key")]
    public required string? Key { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>Who cosigns the tree heads.</summary>
    [JsonPropertyName("witnesses")]
    public required IReadOnlyList<TransparencyWitnessDocument> Witnesses { get; init; }
}
