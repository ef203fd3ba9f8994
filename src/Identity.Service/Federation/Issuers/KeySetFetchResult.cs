using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched key set with its bytes, the information that it did not change, or the reason for a failure.</summary>
internal sealed record KeySetFetchResult
{
    public JwkSet? Keys { get; private init; }

    /// <summary>A set without any usable key, for the explanation; null if none was read.</summary>
    public JwkSet? Unusable { get; init; }

    public ReadOnlyMemory<byte> Document { get; private init; }

    /// <summary>SHA-256 of <see cref="Document"/>, base64.</summary>
    public string Digest { get; private init; } = "";

    public bool IsUnchanged { get; private init; }

    public string? EntityTag { get; private init; }

    /// <summary>The source's own statement of how long the set is valid; null if there is none.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>Of a SPIFFE bundle; null if none.</summary>
    public long? Sequence { get; private init; }

    public string? Code { get; private init; }

    public string? Failure { get; private init; }

    public static KeySetFetchResult Of(
        JwkSet keys,
        ReadOnlyMemory<byte> document,
        string digest,
        FetchedDocument fetched,
        SpiffeBundleInfo bundle
    ) =>
        new()
        {
            Keys = keys,
            Document = document,
            Digest = digest,
            EntityTag = fetched.EntityTag,
            MaxAge = bundle.RefreshHintSeconds is { } hint ? Seconds(hint) : fetched.MaxAge,
            Sequence = bundle.Sequence,
        };

    public static KeySetFetchResult Unchanged(FetchedDocument fetched) =>
        new()
        {
            IsUnchanged = true,
            EntityTag = fetched.EntityTag,
            MaxAge = fetched.MaxAge,
        };

    public static KeySetFetchResult Failed(string code, string reason) => new() { Code = code, Failure = reason };

    // A hint of centuries must not overflow before it is limited.
    private static TimeSpan Seconds(long hint) =>
        hint >= KeySchedule.MaxFresh.TotalSeconds ? KeySchedule.MaxFresh : TimeSpan.FromSeconds(hint);
}
