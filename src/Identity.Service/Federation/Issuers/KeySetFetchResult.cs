using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched key set with its bytes, or the reason why there is none.</summary>
internal readonly record struct KeySetFetchResult(JwkSet? Keys, ReadOnlyMemory<byte> Document, string? Failure)
{
    public static KeySetFetchResult Of(JwkSet keys, ReadOnlyMemory<byte> document) => new(keys, document, null);

    public static KeySetFetchResult Failed(string reason) => new(null, default, reason);
}
