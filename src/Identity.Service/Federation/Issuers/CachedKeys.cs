using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key set as it was last confirmed by its source. Immutable; replaced whole.</summary>
/// <param name="Set">The imported keys.</param>
/// <param name="Digest">SHA-256 of the document, so that an unchanged one need not be imported again.</param>
/// <param name="FetchedAt">When its source last said so.</param>
/// <param name="FreshFor">How long that holds.</param>
/// <param name="EntityTag">For asking whether it changed; null = ask for it whole.</param>
/// <param name="Sequence">Of a SPIFFE bundle; null = none.</param>
internal sealed record CachedKeys(
    JwkSet Set,
    string Digest,
    DateTimeOffset FetchedAt,
    TimeSpan FreshFor,
    string? EntityTag,
    long? Sequence
)
{
    /// <summary>Keys given by hand, which are never old.</summary>
    public static CachedKeys Given(JwkSet set) =>
        new(set, "", DateTimeOffset.MaxValue, TimeSpan.MaxValue, EntityTag: null, Sequence: null);
}
