using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>
/// Requests to the identity provider, through the fetcher that checks addresses (S27): discovery document, keys, token
/// endpoint. Failures are <see cref="ProviderUnavailableException"/>s.
/// </summary>
internal sealed class ProviderClient(
    Current<FederationOptions> federationOptions,
    Current<OutboundOptions> outbound,
    Current<SignInOptions> signIn,
    TimeProvider time,
    IHostResolver resolver
) : IConfigurationManager<OpenIdConnectConfiguration>
{
    private const string BasicMethod = "client_secret_basic";
    private const string PostMethod = "client_secret_post";

    private static readonly TimeSpan CacheDuration = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NotAgainWithin = TimeSpan.FromSeconds(30);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Replaced whole; a race only fetches twice. Documents fetched under other options are ignored: they may belong to
    // another provider.
    private volatile Fetched<OpenIdConnectConfiguration>? configuration;
    private volatile Fetched<JwkSet>? keys;

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var options = signIn.Value;
        if (configuration is { } known && known.Options == options && known.At + CacheDuration > time.GetUtcNow())
        {
            return known.Value;
        }

        // OpenID Connect Discovery §4: the path follows the issuer, without a trailing slash.
        var url = options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        var body = await FetchAsync(options, url, "sign_in.issuer", post: null, cancel);
        var read =
            ReadConfiguration(body, options.Issuer)
            ?? throw new ProviderUnavailableException(
                $"{url} is not the discovery document of {options.Issuer}, or requires pushed authorization requests"
            );
        configuration = new(options, read, time.GetUtcNow());
        return read;
    }

    public void RequestRefresh() => configuration = null;

    /// <summary>The provider's keys; fetched again if the requested one is missing.</summary>
    public async ValueTask<JwkSet> GetKeysAsync(string? keyId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var options = signIn.Value;
        if (
            keys is { } known
            && known.Options == options
            && known.At + CacheDuration > now
            && (known.At + NotAgainWithin > now || keyId is null || known.Value.Keys.Any(key => key.KeyId == keyId))
        )
        {
            return known.Value;
        }

        var url = (await GetConfigurationAsync(cancellationToken)).JwksUri;
        var body = await FetchAsync(options, url, "jwks_uri", post: null, cancellationToken);
        if (JwkSet.TryParse(Utf8Text.WithoutMark(body), out var set) != JoseRefusal.None)
        {
            throw new ProviderUnavailableException($"{url} is not a key set");
        }

        keys = new(options, set!, now);
        return set!;
    }

    /// <summary>The token endpoint's answer to the handler's request, with the client's secret added.</summary>
    public async Task<OpenIdConnectMessage> RedeemAsync(
        OpenIdConnectMessage request,
        CancellationToken cancellationToken
    )
    {
        var options = signIn.Value;
        var provider = await GetConfigurationAsync(cancellationToken);
        var headers = new List<KeyValuePair<string, string>>();
        Authenticate(options, provider, request, headers);
        using var form = new FormUrlEncodedContent(request.Parameters);
        var post = new FetchPost(
            await form.ReadAsByteArrayAsync(cancellationToken),
            "application/x-www-form-urlencoded",
            headers
        )
        {
            WantsDocument = true,
        };
        var body = await FetchAsync(options, provider.TokenEndpoint, "token_endpoint", post, cancellationToken);
        return ReadTokenResponse(body)
            ?? throw new ProviderUnavailableException(
                $"{provider.TokenEndpoint} answered without id_token and access_token"
            );
    }

    private static void Authenticate(
        SignInOptions options,
        OpenIdConnectConfiguration provider,
        OpenIdConnectMessage request,
        List<KeyValuePair<string, string>> headers
    )
    {
        string? secret;
        try
        {
            secret = options.ClientSecret?.Read();
        }
        catch (SecretUnavailableException fault)
        {
            throw new ProviderUnavailableException($"sign_in.client_secret cannot be read: {fault.Message}");
        }

        // Basic is the default if the document names no method (OpenID Connect Discovery §3).
        var methods = provider.TokenEndpointAuthMethodsSupported;
        if (secret is not null && methods.Contains(PostMethod) && !methods.Contains(BasicMethod))
        {
            request.ClientSecret = secret;
        }
        else if (secret is not null)
        {
            // RFC 6749 §2.3.1: form-encoded before the parts are joined.
            var pair = $"{WebUtility.UrlEncode(options.ClientId)}:{WebUtility.UrlEncode(secret)}";
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));
            request.ClientId = null;
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> FetchAsync(
        SignInOptions options,
        string url,
        string field,
        FetchPost? post,
        CancellationToken cancellationToken
    )
    {
        X509Certificate2Collection? roots = null;
        try
        {
            roots = ReadRoots(options.CaFile);
            var port = new Uri(url).Port;
            var result = await CreateFetcher(options)
                .FetchAsync(
                    new FetchRequest
                    {
                        Url = url,
                        Field = field,
                        AllowedTargets = [.. options.Networks.Ranges.Select(range => new FetchTarget(range, port))],
                        PinnedRoots = roots,
                        Post = post,
                    },
                    cancellationToken
                );
            return result.IsSuccess ? result.Body : throw new ProviderUnavailableException($"{url}: {result.Detail}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ProviderUnavailableException($"sign_in.ca_file is not usable: {fault.Message}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    private SafeFetcher CreateFetcher(SignInOptions options)
    {
        var fetch = federationOptions.Value.Fetch;
        return new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = fetch.Timeout,
                MaxBytes = (int)fetch.MaxBytes,
                PrivateNetworks = PrivateNetwork.WithEveryPort(options.Networks),
                Network = outbound.Value.Network,
            },
            time,
            resolver
        );
    }

    // Null if the document belongs to another issuer or lacks a required member.
    private static OpenIdConnectConfiguration? ReadConfiguration(ReadOnlyMemory<byte> json, string issuer)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var read = OpenIdConnectConfiguration.Create(document.RootElement.GetRawText());
            return
                read.Issuer == issuer
                && !read.RequirePushedAuthorizationRequests
                && IsUrl(read.AuthorizationEndpoint)
                && IsUrl(read.TokenEndpoint)
                && IsUrl(read.JwksUri)
                ? read
                : null;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static OpenIdConnectMessage? ReadTokenResponse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // OpenID Connect Core §3.1.3.3 requires both.
            using var document = JsonDocument.Parse(json, Strict);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && IsText(root, "id_token") && IsText(root, "access_token")
                ? new OpenIdConnectMessage(root.GetRawText())
                : null;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsText(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool IsUrl(string? text) => text is not null && SafeFetcher.TryParseUrl(text, out _);

    private static X509Certificate2Collection? ReadRoots(string file)
    {
        if (file.Length == 0)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots;
    }

    private sealed record Fetched<T>(SignInOptions Options, T Value, DateTimeOffset At);
}
