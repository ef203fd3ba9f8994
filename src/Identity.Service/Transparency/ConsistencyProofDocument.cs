using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that the tree of one size extends the tree of another.</summary>
/// <param name="Hashes">Hashes in base64, in the order of RFC 6962 §2.1.2.</param>
internal sealed record ConsistencyProofDocument(long From, long To, IReadOnlyList<string> Hashes)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "transparency_consistency_proof";
}
