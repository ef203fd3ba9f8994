using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that an entry is in the tree.</summary>
/// <param name="Entry">The text that the tree's hash covers.</param>
/// <param name="Hashes">Hashes in base64, from the entry's sibling upwards (RFC 6962 §2.1.1).</param>
/// <param name="Checkpoint">The latest signed tree head; it has this size unless another one was requested.</param>
internal sealed record InclusionProofDocument(
    long Index,
    long Size,
    string Entry,
    IReadOnlyList<string> Hashes,
    string Checkpoint
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "transparency_inclusion_proof";
}
