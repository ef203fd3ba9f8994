using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key set as its source last confirmed it. Immutable; replaced as a whole.</summary>
/// <param name="Imported">The keys; stored ones are imported at first use.</param>
/// <param name="Digest">SHA-256 of the document, so that an unchanged one is not imported again.</param>
/// <param name="EntityTag">For a conditional request; null = the whole document is requested.</param>
/// <param name="Sequence">Of a SPIFFE bundle; null if none.</param>
internal sealed record CachedKeys(
    Lazy<JwkSet> Imported,
    string Digest,
    DateTimeOffset FetchedAt,
    TimeSpan FreshFor,
    string? EntityTag,
    long? Sequence
)
{
    private static readonly ReadOnlyMemory<byte> NoKeys = "{\"keys\":[]}"u8.ToArray();

    public JwkSet Set => Imported.Value;

    /// <summary>Keys configured manually, which never become stale.</summary>
    public static CachedKeys Given(JwkSet set) =>
        new(new Lazy<JwkSet>(set), "", DateTimeOffset.MaxValue, TimeSpan.MaxValue, EntityTag: null, Sequence: null);

    /// <summary>
    /// A set that an earlier run stored. Importing keys takes too long for a start with a thousand issuers, so it is
    /// deferred. If this version no longer accepts the keys, the set is empty.
    /// </summary>
    public static CachedKeys Restored(StoredKeySet stored, KeySource source) =>
        new(
            new Lazy<JwkSet>(() => KeySetFetch.Read(source, stored.Document).Keys ?? Empty()),
            stored.Digest,
            stored.FetchedAt,
            stored.FreshFor,
            stored.EntityTag,
            stored.Sequence
        );

    private static JwkSet Empty()
    {
        JwkSet.TryParse(NoKeys, out var set);
        return set!;
    }
}
