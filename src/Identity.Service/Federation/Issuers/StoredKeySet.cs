namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key set with what was known of it when it was last written down.</summary>
/// <param name="Source">Where it came from; another source makes it worthless.</param>
/// <param name="Document">The bytes as fetched.</param>
/// <param name="FetchedAt">When its source last confirmed it, to within an hour.</param>
/// <param name="Proven">Thumbprints of keys whose signatures were seen to hold.</param>
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
