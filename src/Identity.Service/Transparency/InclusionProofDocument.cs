using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that an entry is in the tree.</summary>
internal sealed record InclusionProofDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "transparency_inclusion_proof";

    [JsonPropertyName("index")]
    public required long Index { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>The text that the tree's hash covers.</summary>
    [JsonPropertyName("entry")]
    public required string Entry { get; init; }

    /// <summary>Hashes in base64, from the entry's sibling upwards (RFC 6962 §2.1.1).</summary>
    [JsonPropertyName("hashes")]
    public required IReadOnlyList<string> Hashes { get; init; }

    /// <summary>The latest signed tree head; it has this size unless another one was requested.</summary>
    [JsonPropertyName("checkpoint")]
    public required string Checkpoint { get; init; }
}
