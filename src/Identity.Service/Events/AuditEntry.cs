namespace Culvert.Identity.Service.Events;

/// <summary>An audit entry as stored.</summary>
internal sealed record AuditEntry
{
    public const string Columns = "ordinal, node, sequence, body, salt, body_digest, hash";

    /// <summary>The position in time order, over all nodes.</summary>
    public long Ordinal { get; init; }

    /// <summary>The node whose chain contains the entry.</summary>
    public required string Node { get; init; }

    /// <summary>The position in that chain, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>The JSON that the chain covers; null after retention erased it.</summary>
    public byte[]? Body { get; init; }

    public required byte[] Salt { get; init; }

    public required byte[] BodyDigest { get; init; }

    public required byte[] Hash { get; init; }
}
