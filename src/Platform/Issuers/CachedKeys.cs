using Culvert.Jose.Keys;

namespace Culvert.Platform.Issuers;

/// <summary>A key set as its source last confirmed it. Immutable; replaced as a whole.</summary>
/// <param name="Imported">The keys; stored ones may be imported at first use.</param>
/// <param name="Digest">SHA-256 of the document, so that an unchanged one is not imported again.</param>
/// <param name="FetchedAt">When the fetch that confirmed it began.</param>
/// <param name="EntityTag">For a conditional request; null = the whole document is requested.</param>
/// <param name="Sequence">Of a SPIFFE bundle; null if none.</param>
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

    /// <summary>Keys configured manually, which never become stale and which no kill of a set covers.</summary>
    public static CachedKeys Configured(JwkSet set) =>
        new(new Lazy<JwkSet>(set), "", DateTimeOffset.MaxValue, TimeSpan.MaxValue);
}
