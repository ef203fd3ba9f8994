namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A stored key set with its state.</summary>
/// <param name="Source">Its origin; a set of another origin is discarded.</param>
/// <param name="Document">The bytes as fetched.</param>
/// <param name="FetchedAt">When its source last confirmed it, to within an hour.</param>
/// <param name="Proven">Thumbprints of keys with a verified signature.</param>
internal sealed record StoredKeySet(
    string Source,
    ReadOnlyMemory<byte> Document,
    string Digest,
    DateTimeOffset FetchedAt,
    TimeSpan FreshFor,
    string? EntityTag,
    long? Sequence,
    IReadOnlyCollection<string> Proven
);
