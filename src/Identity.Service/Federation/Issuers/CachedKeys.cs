using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key set as it was last confirmed by its source. Immutable; replaced whole.</summary>
/// <param name="Imported">The keys; stored ones are imported when they are first requested.</param>
/// <param name="Digest">SHA-256 of the document, so that an unchanged one need not be imported again.</param>
/// <param name="FetchedAt">When its source last said so.</param>
/// <param name="FreshFor">How long that holds.</param>
/// <param name="EntityTag">For asking whether it changed; null = ask for it whole.</param>
/// <param name="Sequence">Of a SPIFFE bundle; null = none.</param>
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

    /// <summary>Keys configured manually, which are never stale.</summary>
    public static CachedKeys Given(JwkSet set) =>
        new(new Lazy<JwkSet>(set), "", DateTimeOffset.MaxValue, TimeSpan.MaxValue, EntityTag: null, Sequence: null);

    /// <summary>
    /// A set that an earlier run stored. Importing keys takes time, which a start with a thousand issuers has not. Should
    /// this version not accept them any more, there are none.
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
