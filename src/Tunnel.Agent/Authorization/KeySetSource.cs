using System.Text;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Platform.OAuth;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Fetches an issuer's key set (A11): 1. its metadata, at the three URLs of the specifications, 2. the metadata's
/// <c>issuer</c> equals ours byte for byte, 3. its <c>jwks_uri</c> is on the issuer's host, 4. the set. With a
/// <c>jwks_url</c> only the set.
/// </summary>
internal sealed class KeySetSource(IIssuerDocuments documents)
{
    /// <summary>Why there are no keys of the service as authorization server.</summary>
    public const string NoFedServer = "the service has sent no authorization server in its feed";

    private const string NotJson = "not a JSON document";

    /// <summary>Reads the keys that a feed has for the service as authorization server.</summary>
    /// <param name="fed">Null: there is no feed, or it has none.</param>
    public static KeySetResult ReadFeed(IssuerSettings issuer, AgentFeedAuthorization? fed) =>
        fed is null
            ? Failed(
                NoFedServer,
                $"Check that the agent has a feed and update the service, or write an entry issuers.{issuer.Name}."
            )
            : ReadKeys(issuer, Encoding.UTF8.GetBytes(fed.Keys.GetRawText()), maxAge: null);

    /// <param name="issuer">One whose keys do not come from the feed.</param>
    public async Task<KeySetResult> GetAsync(IssuerSettings issuer, CancellationToken cancellationToken)
    {
        if (issuer.KeysUrl.Length > 0)
        {
            return await GetKeysAsync(issuer, new Uri(issuer.KeysUrl), cancellationToken);
        }

        var compare = $"Compare issuers.{issuer.Name}.issuer and jwks_url with what the provider publishes.";
        var (failure, next) = ("", compare);
        foreach (var place in IssuerMetadata.GetPlaces(new Uri(issuer.Issuer)))
        {
            var document = await documents.GetAsync(issuer, place, cancellationToken);
            if (document.Body is { } body)
            {
                var (keysUrl, refused) = ReadMetadata(body, issuer.Issuer);
                if (keysUrl is not null)
                {
                    return await GetKeysAsync(issuer, keysUrl, cancellationToken);
                }

                failure = $"{place.AbsolutePath}: {refused}";
                next = refused == NotJson ? $"Open {place.AbsoluteUri}: it must be a JSON document." : compare;
            }
            else if (document.IsElsewhere)
            {
                if (failure.Length == 0)
                {
                    failure = $"{place.AbsolutePath}: {document.Failure}";
                    next = document.Next.Length > 0 ? document.Next : compare;
                }
            }
            else
            {
                return Failed($"metadata: {document.Failure}", document.Next);
            }
        }

        return Failed($"metadata: {failure}", next);
    }

    private async Task<KeySetResult> GetKeysAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken)
    {
        var document = await documents.GetAsync(issuer, url, cancellationToken);
        if (document.Body is not { } octets)
        {
            return Failed($"key set: {document.Failure}", document.Next);
        }

        return ReadKeys(issuer, Utf8Text.WithoutMark(octets), document.MaxAge);
    }

    private static KeySetResult ReadKeys(IssuerSettings issuer, ReadOnlyMemory<byte> body, TimeSpan? maxAge)
    {
        var refusal = JwkSet.TryParse(body, out var keys);
        if (refusal != JoseRefusal.None)
        {
            return Failed($"key set: {refusal}");
        }

        return keys!.FindFailure(issuer.AllowMissingKid) is { } failure
            ? Failed($"key set: {failure}")
            : new KeySetResult
            {
                Keys = keys,
                MaxAge = maxAge,
                Document = body,
            };
    }

    private static KeySetResult Failed(string why, string next = "") => new() { Failure = why, Next = next };

    private static (Uri? KeysUrl, string Refused) ReadMetadata(ReadOnlyMemory<byte> body, string issuer)
    {
        try
        {
            using var metadata = IssuerMetadata.Read(body);
            if (metadata.Issuer != issuer)
            {
                return (null, "its issuer is not the configured one, byte for byte");
            }

            if (!Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var keys) || keys.Scheme != "https")
            {
                return (null, "its jwks_uri is not an https URL");
            }

            // Otherwise an attacker who can change one line of that document chooses the keys.
            var own = new Uri(issuer);
            return keys.IdnHost == own.IdnHost && keys.Port == own.Port
                ? (keys, "")
                : (null, "its jwks_uri is on another host; if this is intended, set jwks_url to it");
        }
        catch (JsonException)
        {
            return (null, NotJson);
        }
    }
}
