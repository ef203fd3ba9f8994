using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Asks one token endpoint, through the fetcher that vets addresses (S27). The operator's own file names the private
/// ranges, so it is both the allowance and the bound on it.
/// </summary>
internal sealed class TokenEndpoint(TokenSettings settings, TimeProvider time, IHostResolver? resolver = null)
    : ITokenEndpoint
{
    // An outage is not asked about by every call.
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(1);

    // RFC 6749 §5.1 only recommends expires_in.
    private const int DefaultSeconds = 60;
    private const int MaxSeconds = 24 * 60 * 60;

    private readonly ClientCertificate? certificate =
        settings.ClientAuth == ClientAuth.Tls
            ? new ClientCertificate(settings.ClientCertificateFile, settings.ClientKeyFile)
            : null;

    public async Task<IssuedToken> RequestAsync(
        IReadOnlyList<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var fetched = await new SafeFetcher(
                new SafeFetcherOptions { PrivateNetworks = PrivateNetwork.WithEveryPort(settings.AllowedRanges) },
                time,
                resolver
            ).FetchAsync(CreateRequest(form), cancellationToken);
            return fetched.IsSuccess ? Read(fetched.Body) : Failed(fetched.Detail);
        }
        catch (Exception e)
            when (e
                    is SecretUnavailableException
                        or CertificateUnusableException
                        or CryptographicException
                        or ArgumentException
            )
        {
            return Failed($"The client's own credential cannot be used: {e.Message}");
        }
    }

    private FetchRequest CreateRequest(IReadOnlyList<KeyValuePair<string, string>> grant)
    {
        var form = new List<KeyValuePair<string, string>>(grant);
        var headers = new List<KeyValuePair<string, string>>();
        switch (settings.ClientAuth)
        {
            case ClientAuth.PrivateKeyJwt:
                form.Add(new("client_id", settings.ClientId));
                form.Add(new("client_assertion_type", ClientAssertion.Type));
                form.Add(
                    new(
                        "client_assertion",
                        ClientAssertion.Sign(settings.ClientKeyFile, settings.ClientId, settings.Url, time.GetUtcNow())
                    )
                );
                break;
            case ClientAuth.SecretBasic:
                // RFC 6749 §2.3.1: both are form-encoded first.
                var pair = $"{Escape(settings.ClientId)}:{Escape(settings.ClientSecret!.Read())}";
                headers.Add(new("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}"));
                break;
            case ClientAuth.SecretPost:
                form.Add(new("client_id", settings.ClientId));
                form.Add(new("client_secret", settings.ClientSecret!.Read()));
                break;
            default:
                form.Add(new("client_id", settings.ClientId));
                break;
        }

        var body = string.Join('&', form.Select(f => $"{Escape(f.Key)}={Escape(f.Value)}"));
        return new FetchRequest
        {
            Url = settings.Url,
            Field = "credentials.token.url",
            AllowedTargets =
            [
                .. settings.AllowedRanges.Ranges.Select(r => new FetchTarget(r, new Uri(settings.Url).Port)),
            ],
            PinnedRoots = settings.Roots,
            ClientCertificate = certificate?.Current(),
            Post = new FetchPost(Encoding.ASCII.GetBytes(body), "application/x-www-form-urlencoded", headers)
            {
                WantsDocument = true,
            },
        };
    }

    private IssuedToken Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 }
            );
            var root = document.RootElement;
            var type = root.GetProperty("token_type").GetString();
            var token = root.GetProperty("access_token").GetString() ?? "";
            if (!string.Equals(type, "Bearer", StringComparison.OrdinalIgnoreCase))
            {
                return Failed("The token is no bearer token.");
            }

            if (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                return Failed("The token holds characters that no token has.");
            }

            var seconds =
                root.TryGetProperty("expires_in", out var life) && life.TryGetInt64(out var written) && written > 0
                    ? Math.Min(written, MaxSeconds)
                    : DefaultSeconds;
            return new IssuedToken(token, time.GetUtcNow() + TimeSpan.FromSeconds(seconds), "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Failed("The endpoint's answer is no token response.");
        }
    }

    private IssuedToken Failed(string problem) => IssuedToken.Failed(problem, time.GetUtcNow() + FailureLife);

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
