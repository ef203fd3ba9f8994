using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched key set with its bytes, the news that it did not change, or the reason why there is none.</summary>
internal sealed record KeySetFetchResult
{
    /// <summary>Null when unchanged or failed.</summary>
    public JwkSet? Keys { get; private init; }

    /// <summary>A set of which no key can be used, to say why; null = none was read.</summary>
    public JwkSet? Unusable { get; init; }

    public ReadOnlyMemory<byte> Document { get; private init; }

    /// <summary>SHA-256 of <see cref="Document"/>, base64.</summary>
    public string Digest { get; private init; } = "";

    public bool IsUnchanged { get; private init; }

    public string? EntityTag { get; private init; }

    /// <summary>How long the source says it holds; null = it does not say.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>Of a SPIFFE bundle; null = none.</summary>
    public long? Sequence { get; private init; }

    /// <summary>The stable code of the failure; null when there is none.</summary>
    public string? Code { get; private init; }

    /// <summary>One sentence for the operator; null when there is no failure.</summary>
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

    // A hint of centuries must not overflow on its way to the bound.
    private static TimeSpan Seconds(long hint) =>
        hint >= KeySchedule.MaxFresh.TotalSeconds ? KeySchedule.MaxFresh : TimeSpan.FromSeconds(hint);
}
