using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// The identity provider as this console asks it, through the fetcher that vets addresses (S27). A fault is a sentence for
/// the log, without anything that the provider sent.
/// </summary>
internal sealed class ProviderClient(ServiceOptions options, TimeProvider time, IHostResolver resolver)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NotAgainWithin = TimeSpan.FromSeconds(30);

    private readonly SignInOptions signIn = options.SignIn;

    private readonly SafeFetcher fetcher = new(
        new SafeFetcherOptions
        {
            Timeout = options.Federation.Fetch.Timeout,
            MaxBytes = (int)options.Federation.Fetch.MaxBytes,
            PrivateNetworks = PrivateNetwork.WithEveryPort(options.SignIn.Networks),
            Network = options.Network,
        },
        time,
        resolver
    );

    // Swapped whole; two requests that fetch at once merely fetch twice.
    private (ProviderMetadata Value, DateTimeOffset At)? metadata;
    private (JwkSet Value, DateTimeOffset At)? keys;

    public async ValueTask<(ProviderMetadata? Metadata, string? Fault)> DescribeAsync(
        CancellationToken cancellationToken
    )
    {
        if (metadata is { } known && known.At + KeptFor > time.GetUtcNow())
        {
            return (known.Value, null);
        }

        // OpenID Connect Discovery §4: the path follows the issuer, a trailing slash of which is dropped.
        var url = signIn.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        var (body, fault) = await FetchAsync(url, "sign_in.issuer", post: null, cancellationToken);
        if (body is not { } json)
        {
            return (null, fault);
        }

        if (ProviderMetadata.Read(json, signIn.Issuer) is not { } read)
        {
            return (null, $"{url} is not the discovery document of {signIn.Issuer}");
        }

        metadata = (read, time.GetUtcNow());
        return (read, null);
    }

    /// <summary>The provider's keys; anew if the one that is asked for is not among them.</summary>
    public async ValueTask<(JwkSet? Keys, string? Fault)> KeysAsync(
        ProviderMetadata provider,
        string? keyId,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (
            keys is { } known
            && known.At + KeptFor > now
            && (known.At + NotAgainWithin > now || keyId is null || known.Value.Find(keyId, out _) == JoseRefusal.None)
        )
        {
            return (known.Value, null);
        }

        var (body, fault) = await FetchAsync(provider.KeySetUrl, "jwks_uri", post: null, cancellationToken);
        if (body is not { } json)
        {
            return (null, fault);
        }

        if (JwkSet.TryParse(json, out var set) != JoseRefusal.None)
        {
            return (null, $"{provider.KeySetUrl} is not a key set");
        }

        keys = (set!, now);
        return (set, null);
    }

    /// <summary>Where the browser is sent to be asked who it is.</summary>
    public string AuthorizationUrl(
        ProviderMetadata provider,
        string redirectUri,
        string state,
        string nonce,
        string verifier,
        bool isSilent
    )
    {
        var challenge = Base64UrlOf(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("response_type", "code"),
            new("client_id", signIn.ClientId),
            new("redirect_uri", redirectUri),
            new("scope", string.Join(' ', signIn.Scopes.Prepend("openid"))),
            new("state", state),
            new("nonce", nonce),
            new("code_challenge", challenge),
            new("code_challenge_method", "S256"),
        };
        if (isSilent)
        {
            parameters.Add(new("prompt", "none"));
        }

        var separator = provider.AuthorizationEndpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return provider.AuthorizationEndpoint + separator + FormOf(parameters);
    }

    /// <summary>The id_token for a code.</summary>
    public async ValueTask<(string? IdToken, string? Fault)> RedeemAsync(
        ProviderMetadata provider,
        string code,
        string redirectUri,
        string verifier,
        CancellationToken cancellationToken
    )
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("grant_type", "authorization_code"),
            new("code", code),
            new("redirect_uri", redirectUri),
            new("code_verifier", verifier),
        };
        var headers = new List<KeyValuePair<string, string>>();
        try
        {
            Authenticate(provider, parameters, headers);
        }
        catch (SecretUnavailableException fault)
        {
            return (null, $"sign_in.client_secret cannot be read: {fault.Message}");
        }

        var post = new FetchPost(
            Encoding.UTF8.GetBytes(FormOf(parameters)),
            "application/x-www-form-urlencoded",
            headers
        )
        {
            WantsDocument = true,
        };
        var (body, failure) = await FetchAsync(provider.TokenEndpoint, "token_endpoint", post, cancellationToken);
        return body is not { } json ? (null, failure)
            : IdTokenOf(json) is { } token ? (token, null)
            : (null, $"{provider.TokenEndpoint} answered without an id_token");
    }

    private void Authenticate(
        ProviderMetadata provider,
        List<KeyValuePair<string, string>> parameters,
        List<KeyValuePair<string, string>> headers
    )
    {
        if (signIn.ClientSecret?.Read() is not { } secret)
        {
            parameters.Add(new("client_id", signIn.ClientId));
        }
        else if (provider.WantsSecretInBody)
        {
            parameters.Add(new("client_id", signIn.ClientId));
            parameters.Add(new("client_secret", secret));
        }
        else
        {
            // RFC 6749 §2.3.1: form-encoded before it is joined.
            var pair = $"{WebUtility.UrlEncode(signIn.ClientId)}:{WebUtility.UrlEncode(secret)}";
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));
        }
    }

    private async ValueTask<(ReadOnlyMemory<byte>? Body, string? Fault)> FetchAsync(
        string url,
        string field,
        FetchPost? post,
        CancellationToken cancellationToken
    )
    {
        X509Certificate2Collection? roots = null;
        try
        {
            roots = RootsOf(signIn.CaFile);
            var port = new Uri(url).Port;
            var result = await fetcher.FetchAsync(
                new FetchRequest
                {
                    Url = url,
                    Field = field,
                    AllowedTargets = [.. signIn.Networks.Ranges.Select(range => new FetchTarget(range, port))],
                    PinnedRoots = roots,
                    Post = post,
                },
                cancellationToken
            );
            return result.IsSuccess ? (result.Body, null) : (null, $"{url}: {result.Detail}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"sign_in.ca_file cannot be used: {fault.Message}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    private static X509Certificate2Collection? RootsOf(string file)
    {
        if (file.Length == 0)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots;
    }

    private static string? IdTokenOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("id_token", out var token)
                && token.ValueKind == JsonValueKind.String
                ? token.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string FormOf(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));

    private static string Base64UrlOf(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
