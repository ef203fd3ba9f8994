namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record StoredRevocationList
{
    public required string CaId { get; init; }

    public required int Shard { get; init; }

    /// <summary>0 = none was published yet.</summary>
    public required long Number { get; init; }

    /// <summary>Raised by every revocation.</summary>
    public long Wanted { get; init; }

    /// <summary>The value of <see cref="Wanted"/> that the list contains.</summary>
    public required long Built { get; init; }

    public required DateTimeOffset ThisUpdate { get; init; }

    public required DateTimeOffset NextUpdate { get; init; }

    public required int Entries { get; init; }

    /// <summary>DER; null if not read, or if none was published yet.</summary>
    public byte[]? List { get; init; }
}
