namespace Culvert.Identity.Service.Transparency;

/// <summary>Proof that an entry is in the tree.</summary>
internal sealed record InclusionProofDocument
{
    public string Type { get; } = "transparency_inclusion_proof";

    public required long Index { get; init; }

    public required long Size { get; init; }

    /// <summary>The text that the tree's hash covers.</summary>
    public required string Entry { get; init; }

    /// <summary>Hashes in base64, from the entry's sibling upwards (RFC 6962 §2.1.1).</summary>
    public required IReadOnlyList<string> Hashes { get; init; }

    /// <summary>The latest signed tree head; it has this size unless another one was requested.</summary>
    public required string Checkpoint { get; init; }
}
