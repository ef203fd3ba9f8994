namespace Culvert.Identity.Service.Events;

/// <summary>A chained entry as stored.</summary>
internal sealed record AuditEntry
{
    /// <summary>Its columns of the journal.</summary>
    public const string Columns =
        "ordinal AS Ordinal, node AS Node, sequence AS Sequence, body AS Body, salt AS Salt, body_digest AS BodyDigest, "
        + "hash AS Hash";

    /// <summary>Place in the order of time, over all nodes.</summary>
    public long Ordinal { get; init; }

    /// <summary>Whose chain it belongs to.</summary>
    public required string Node { get; init; }

    /// <summary>Place in that chain, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>The JSON that the chain covers; null once retention dropped it.</summary>
    public byte[]? Body { get; init; }

    public required byte[] Salt { get; init; }

    public required byte[] BodyDigest { get; init; }

    public required byte[] Hash { get; init; }
}
