using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Fetching;
using Culvert.Platform.Issuers;
using Culvert.Platform.OAuth;
using Duende.IdentityModel;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Gets an issuer's key set. For discovery: 1. the document, 2. its <c>issuer</c> must equal the registered one byte
/// for byte, 3. its <c>jwks_uri</c> must be on the same host or the pinned one, 4. the set. For other sources only the
/// set.
/// </summary>
internal sealed class KeySetFetch(IIssuerFetcher fetcher, KeyFile files)
{
    /// <summary>A usable set with its bytes, or a sentence for log and poll status.</summary>
    /// <param name="known">The last fetched set; null if none.</param>
    /// <param name="steps">Records each step; null if not needed.</param>
    /// <param name="cancellationToken">Bounds the whole operation.</param>
    public async Task<KeySetResult> GetAsync(
        Issuer issuer,
        CachedKeys? known,
        ICollection<FetchStep>? steps,
        CancellationToken cancellationToken
    )
    {
        switch (issuer.KeySource)
        {
            case DiscoveryKeySource source:
                var (keysUrl, failed) = await DiscoverAsync(issuer, source, steps, cancellationToken);
                return failed
                    ?? await GetKeysAsync(
                        issuer,
                        keysUrl!,
                        OidcConstants.Discovery.JwksUri,
                        known,
                        steps,
                        cancellationToken
                    );
            case UrlKeySource source:
                return await GetKeysAsync(issuer, new Uri(source.Url), "jwks.url", known, steps, cancellationToken);
            case SpiffeBundleKeySource { Url: { } url }:
                return await GetKeysAsync(issuer, new Uri(url), "jwks.url", known, steps, cancellationToken);
            case FileKeySource source:
                return ToResult(issuer, await files.ReadAsync(source.Path, known?.EntityTag, cancellationToken), known);
            default:
                throw new InvalidOperationException(
                    $"Nothing is fetched for a source of type {issuer.KeySource.Type}."
                );
        }
    }

    /// <summary>The first URL that is fetched for an issuer and the setting that contains it; null if none.</summary>
    public static IssuerFetch? FirstFetch(Issuer issuer) =>
        issuer.KeySource switch
        {
            DiscoveryKeySource source => new IssuerFetch(
                DocumentUrl(source.Base ?? issuer.Url),
                source.Base is null ? "issuer_url" : "jwks.discovery_base",
                issuer
            ),
            UrlKeySource source => new IssuerFetch(new Uri(source.Url), "jwks.url", issuer),
            SpiffeBundleKeySource { Url: { } url } => new IssuerFetch(new Uri(url), "jwks.url", issuer),
            _ => null,
        };

    // OpenID Connect Discovery 1.0 §4.1: a terminating slash is removed first.
    private static Uri DocumentUrl(string baseUrl) =>
        new($"{baseUrl.TrimEnd('/')}/{OidcConstants.Discovery.DiscoveryEndpoint}");

    private async Task<(Uri? KeysUrl, KeySetResult? Failed)> DiscoverAsync(
        Issuer issuer,
        DiscoveryKeySource source,
        ICollection<FetchStep>? steps,
        CancellationToken cancellationToken
    )
    {
        var fetch = FirstFetch(issuer)!;
        var fetched = await GetAsync(fetch, steps, cancellationToken);
        if (fetched.Body is not { } body)
        {
            return (null, KeySetResult.Failed(fetched.Code!, $"discovery: {fetched.Failure}"));
        }

        var (keysUrl, failure) = ReadDocument(body, issuer.Url, fetch.Url, source.KeySetHost);
        return keysUrl is null
            ? (null, KeySetResult.Failed("issuer.discovery", $"discovery: {failure}"))
            : (keysUrl, null);
    }

    private async Task<KeySetResult> GetKeysAsync(
        Issuer issuer,
        Uri url,
        string field,
        CachedKeys? known,
        ICollection<FetchStep>? steps,
        CancellationToken cancellationToken
    )
    {
        // An entity tag is only valid for the URL that returned it.
        var prefix = url.AbsoluteUri + " ";
        var tag =
            known?.EntityTag is { } kept && kept.StartsWith(prefix, StringComparison.Ordinal)
                ? kept[prefix.Length..]
                : null;
        var fetched = await GetAsync(new IssuerFetch(url, field, issuer, tag), steps, cancellationToken);
        return ToResult(issuer, fetched.EntityTag is { } given ? fetched.WithTag(prefix + given) : fetched, known);
    }

    private async Task<FetchedDocument> GetAsync(
        IssuerFetch fetch,
        ICollection<FetchStep>? steps,
        CancellationToken cancellationToken
    )
    {
        if (steps is null)
        {
            return await fetcher.GetAsync(fetch, cancellationToken);
        }

        var observation = new FetchObservation();
        var fetched = await fetcher.GetAsync(fetch with { Observation = observation }, cancellationToken);
        steps.Add(new FetchStep(fetch.Field, fetch.Url, observation, fetched));
        return fetched;
    }

    private static KeySetResult ToResult(Issuer issuer, FetchedDocument fetched, CachedKeys? known)
    {
        if (fetched.IsUnchanged)
        {
            return Unchanged(fetched);
        }

        if (fetched.Body is not { } body)
        {
            return KeySetResult.Failed(fetched.Code!, $"key set: {fetched.Failure}");
        }

        // Importing keys costs far more than hashing them, and most fetches return nothing new.
        var digest = Convert.ToBase64String(SHA256.HashData(body.Span));
        if (digest == known?.Digest)
        {
            return Unchanged(fetched);
        }

        var (refusal, keys, bundle) = Read(issuer.KeySource, body);
        if (refusal != JoseRefusal.None)
        {
            return KeySetResult.Failed("issuer.key_set", $"key set: {refusal}");
        }

        return keys!.FindFailure(issuer.AllowMissingKid) is { } failure
            ? new KeySetResult
            {
                Code = "issuer.key_set",
                Failure = $"key set: {failure}",
                Unusable = keys,
            }
            : new KeySetResult
            {
                Keys = keys,
                Document = body,
                Digest = digest,
                EntityTag = fetched.EntityTag,
                MaxAge = bundle.RefreshHintSeconds is { } hint ? Seconds(hint) : fetched.MaxAge,
                Sequence = bundle.Sequence,
            };
    }

    private static KeySetResult Unchanged(FetchedDocument fetched) =>
        new()
        {
            IsUnchanged = true,
            EntityTag = fetched.EntityTag,
            MaxAge = fetched.MaxAge,
        };

    // A hint of centuries must not overflow before it is limited.
    private static TimeSpan Seconds(long hint) =>
        hint >= KeySchedule.MaxFresh.TotalSeconds ? KeySchedule.MaxFresh : TimeSpan.FromSeconds(hint);

    /// <summary>Reads a document of that source, fetched or stored.</summary>
    public static (JoseRefusal Refusal, JwkSet? Keys, SpiffeBundleInfo Bundle) Read(
        KeySource source,
        ReadOnlyMemory<byte> body
    )
    {
        body = Utf8Text.WithoutMark(body);
        if (source is SpiffeBundleKeySource)
        {
            var bad = SpiffeBundle.TryParse(body, out var bundleKeys, out var info);
            return (bad, bundleKeys, info);
        }

        return (JwkSet.TryParse(body, out var keys), keys, default);
    }

    private static (Uri? KeysUrl, string? Failure) ReadDocument(
        ReadOnlyMemory<byte> body,
        string issuer,
        Uri documentUrl,
        string? keySetHost
    )
    {
        try
        {
            using var metadata = IssuerMetadata.Read(body);
            if (metadata.Issuer != issuer)
            {
                // Mix-up: another issuer's document, perhaps with another issuer's keys.
                return (null, "its issuer is not the registered one");
            }

            if (!Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var keysUrl) || keysUrl.Scheme != "https")
            {
                return (null, "its jwks_uri is not an https URL");
            }

            // A25: otherwise an attacker who can write one line of that document chooses the keys.
            var isPinned =
                keysUrl.Authority == keySetHost
                || new[] { documentUrl, new Uri(issuer) }.Any(known =>
                    known.IdnHost == keysUrl.IdnHost && known.Port == keysUrl.Port
                );
            return isPinned
                ? (keysUrl, null)
                : (null, "its jwks_uri is on another host; if this is intended, pin the host with jwks_host");
        }
        catch (JsonException)
        {
            return (null, "not a JSON document");
        }
    }
}
