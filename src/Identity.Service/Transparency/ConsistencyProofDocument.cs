namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that the tree of one size extends the tree of another.</summary>
internal sealed record ConsistencyProofDocument
{
    public string Type { get; } = "transparency_consistency_proof";

    public required long From { get; init; }

    public required long To { get; init; }

    /// <summary>Hashes in base64, in the order of RFC 6962 §2.1.2.</summary>
    public required IReadOnlyList<string> Hashes { get; init; }
}
