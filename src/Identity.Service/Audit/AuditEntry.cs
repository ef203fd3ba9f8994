namespace Culvert.Identity.Service.Audit;

/// <summary>A chained entry as stored.</summary>
internal sealed record AuditEntry
{
    public long Sequence { get; init; }

    /// <summary>The JSON that the chain covers; null once retention dropped it.</summary>
    public byte[]? Body { get; init; }

    public required byte[] Salt { get; init; }

    public required byte[] BodyDigest { get; init; }

    public required byte[] Hash { get; init; }
}
