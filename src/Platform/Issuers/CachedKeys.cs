using Culvert.Jose.Keys;

namespace Culvert.Platform.Issuers;

/// <summary>A key set as its source last confirmed it. It is immutable, and is replaced as a whole.</summary>
/// <param name="Imported">The keys. A set that was read from storage is imported at its first use.</param>
/// <param name="Digest">The SHA-256 of the document, so that an unchanged document is not imported again.</param>
/// <param name="FetchedAt">When the fetch that confirmed the set began.</param>
/// <param name="EntityTag">
/// The HTTP entity tag for conditional requests. If it is null, the next request is for the whole document.
/// </param>
/// <param name="Sequence">The sequence number if the document is a SPIFFE bundle; null if it has none.</param>
public sealed record CachedKeys(
    Lazy<JwkSet> Imported,
    string Digest,
    DateTimeOffset FetchedAt,
    TimeSpan FreshFor,
    string? EntityTag = null,
    long? Sequence = null
)
{
    public JwkSet Set => Imported.Value;

    /// <summary>
    /// Creates a set of manually configured keys. It never becomes stale, and an administrator's kill of the issuer's
    /// set does not apply to it.
    /// </summary>
    public static CachedKeys Configured(JwkSet set) =>
        new(new Lazy<JwkSet>(set), "", DateTimeOffset.MaxValue, TimeSpan.MaxValue);
}
