using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that the tree of one size extends the tree of another.</summary>
internal sealed record ConsistencyProofDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "transparency_consistency_proof";

    [JsonPropertyName("from")]
    public required long From { get; init; }

    [JsonPropertyName("to")]
    public required long To { get; init; }

    /// <summary>Hashes in base64, in the order of RFC 6962 §2.1.2.</summary>
    [JsonPropertyName("hashes")]
    public required IReadOnlyList<string> Hashes { get; init; }
}
