using System.Text.Json;
using Culvert.Jose;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Gets an issuer's key set: for discovery 1. the document, 2. its <c>issuer</c> equals ours byte for byte, 3. its
/// <c>jwks_uri</c> stays on the same host, 4. the set; for an explicit URL only the set.
/// </summary>
internal sealed class KeySetFetch(IIssuerFetcher fetcher, KeyFile files)
{
    private const string WellKnown = "/.well-known/openid-configuration";

    /// <summary>Discovery documents are small; keys are what there may be many of.</summary>
    private const int MaxDocumentDepth = 16;

    /// <summary>A usable set with its bytes, or a sentence for log and poll status.</summary>
    public async Task<KeySetFetchResult> GetAsync(Issuer issuer, CancellationToken cancellationToken)
    {
        var policy = new IssuerFetchPolicy(issuer.KeySource.CaCertificatePem, issuer.AllowedTargets);
        return issuer.KeySource switch
        {
            UrlKeySource source => await GetKeysAsync(new Uri(source.Url), policy, Read, cancellationToken),
            SpiffeBundleKeySource source => await GetKeysAsync(
                new Uri(source.Url!),
                policy,
                ReadBundle,
                cancellationToken
            ),
            FileKeySource source => Take(await files.ReadAsync(source.Path, cancellationToken), Read),
            DiscoveryKeySource source => await DiscoverAsync(issuer, source, policy, cancellationToken),
            _ => throw new InvalidOperationException(
                $"Nothing is fetched for a source of type {issuer.KeySource.Type}."
            ),
        };
    }

    private async Task<KeySetFetchResult> DiscoverAsync(
        Issuer issuer,
        DiscoveryKeySource source,
        IssuerFetchPolicy policy,
        CancellationToken cancellationToken
    )
    {
        var baseUrl = source.Base ?? issuer.Url;
        // OpenID Connect Discovery 1.0 §4.1: a terminating slash is removed first.
        var documentUrl = new Uri(baseUrl.TrimEnd('/') + WellKnown);
        var fetched = await fetcher.GetAsync(documentUrl, policy, cancellationToken);
        if (fetched.Body is not { } body)
        {
            return KeySetFetchResult.Failed($"discovery: {fetched.Failure}");
        }

        var (keysUrl, failure) = ReadDocument(body, issuer.Url, documentUrl, source.KeySetHost);
        return keysUrl is null
            ? KeySetFetchResult.Failed($"discovery: {failure}")
            : await GetKeysAsync(keysUrl, policy, Read, cancellationToken);
    }

    private async Task<KeySetFetchResult> GetKeysAsync(
        Uri url,
        IssuerFetchPolicy policy,
        Func<ReadOnlyMemory<byte>, (JoseRefusal, JwkSet?)> read,
        CancellationToken cancellationToken
    ) => Take(await fetcher.GetAsync(url, policy, cancellationToken), read);

    private static KeySetFetchResult Take(
        FetchedDocument fetched,
        Func<ReadOnlyMemory<byte>, (JoseRefusal, JwkSet?)> read
    )
    {
        if (fetched.Body is not { } body)
        {
            return KeySetFetchResult.Failed($"key set: {fetched.Failure}");
        }

        var (refusal, keys) = read(body);
        if (refusal != JoseRefusal.None)
        {
            return KeySetFetchResult.Failed($"key set: {refusal}");
        }

        return keys!.Keys.Any(key => key.KeyId is not null)
            ? KeySetFetchResult.Of(keys, body)
            : KeySetFetchResult.Failed("key set: no usable key with a kid");
    }

    private static (JoseRefusal, JwkSet?) Read(ReadOnlyMemory<byte> body) =>
        (JwkSet.TryParse(body, out var keys), keys);

    private static (JoseRefusal, JwkSet?) ReadBundle(ReadOnlyMemory<byte> body) =>
        (SpiffeBundle.TryParse(body, out var keys, out _), keys);

    private static (Uri? KeysUrl, string? Failure) ReadDocument(
        ReadOnlyMemory<byte> body,
        string issuer,
        Uri documentUrl,
        string? keySetHost
    )
    {
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDocumentDepth }
            );
            var root = document.RootElement;
            if (Text(root, "issuer") != issuer)
            {
                // Mix-up: somebody else's document, perhaps with somebody else's keys.
                return (null, "its issuer is not the registered one");
            }

            if (!Uri.TryCreate(Text(root, "jwks_uri"), UriKind.Absolute, out var keysUrl) || keysUrl.Scheme != "https")
            {
                return (null, "its jwks_uri is no https URL");
            }

            // A25: else whoever can write one line of that document chooses the keys.
            var isPinned =
                keysUrl.Authority == keySetHost
                || new[] { documentUrl, new Uri(issuer) }.Any(known =>
                    known.IdnHost == keysUrl.IdnHost && known.Port == keysUrl.Port
                );
            return isPinned
                ? (keysUrl, null)
                : (null, "its jwks_uri is on another host; if that is meant, pin the host with jwks_host");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return (null, "not a JSON document");
        }
    }

    private static string? Text(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object
        && document.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
