using System.Globalization;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Signed requests to one CA (RFC 8555 §6), by the fetcher that vets addresses (S27). Used sequentially.</summary>
internal sealed class AcmeChannel
{
    // RFC 8555 §6.5: a refused nonce comes with a valid one, so more than a few refusals in a row are an error of the CA.
    private const int MaxNonceTries = 10;
    private const string JoseType = "application/jose+json";
    private const string PemType = "application/pem-certificate-chain";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly AcmeSettings settings;
    private readonly SigningKey key;
    private readonly NetworkSource network;
    private readonly TimeProvider time;
    private readonly IHostResolver? resolver;
    private string? nonce;

    /// <param name="resolver">Resolves the CA's servers; null = the system's resolver.</param>
    /// <param name="network">The network to the CA's servers; null = a direct connection.</param>
    public AcmeChannel(
        AcmeSettings settings,
        SigningKey key,
        TimeProvider time,
        IHostResolver? resolver = null,
        NetworkSource? network = null
    )
    {
        (this.settings, this.key, this.time, this.resolver) = (settings, key, time, resolver);
        this.network = network ?? new NetworkSource(NetworkOptions.Default);
    }

    /// <summary>The account's URL, the <c>kid</c> of requests; null before it exists: requests then carry the key.</summary>
    public string? Account { get; set; }

    /// <summary>The directory's <c>newNonce</c> URL.</summary>
    public string NewNonce { get; set; } = "";

    /// <summary>Sends an unsigned request, for public resources.</summary>
    public async Task<AcmeAnswer> GetAsync(string what, string url, CancellationToken cancellationToken)
    {
        var result = await FetchAsync(what, url, null, "application/json", cancellationToken);
        return IsSuccess(result)
            ? new AcmeAnswer(what, result)
            : throw AcmeProblem.ToException(what, (int)result.Status!, result.Body, result.RetryAfter);
    }

    /// <summary>Sends a signed request; an empty payload reads the resource (POST-as-GET, §6.3).</summary>
    public async Task<AcmeAnswer> PostAsync(
        string what,
        string url,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken,
        bool wantsPem = false
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var body = Sign(url, payload, await GetNonceAsync(what, cancellationToken));
            var accept = wantsPem ? PemType : "application/json";
            var result = await FetchAsync(what, url, body, accept, cancellationToken);
            nonce = result.Headers.GetValueOrDefault("Replay-Nonce");
            if (IsSuccess(result))
            {
                return new AcmeAnswer(what, result);
            }

            if (attempt == MaxNonceTries || !AcmeProblem.IsBadNonce(result.Body))
            {
                throw AcmeProblem.ToException(what, (int)result.Status!, result.Body, result.RetryAfter);
            }
        }
    }

    private byte[] Sign(string url, ReadOnlyMemory<byte> payload, string taken)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("alg"u8, key.Algorithm.Name());
            if (Account is { } account)
            {
                json.WriteString("kid"u8, account);
            }
            else
            {
                json.WritePropertyName("jwk"u8);
                json.WriteRawValue(key.BareJwk);
            }

            json.WriteString("nonce"u8, taken);
            json.WriteString("url"u8, url);
            json.WriteEndObject();
        }

        return FlattenedSigner.Sign(key, System.Text.Encoding.UTF8.GetString(text.ToArray()), payload.Span);
    }

    // A nonce is valid for one request (§6.5); most arrive with the previous response.
    private async Task<string> GetNonceAsync(string what, CancellationToken cancellationToken)
    {
        var taken = nonce;
        nonce = null;
        if (taken is null)
        {
            var result = await FetchAsync(what, NewNonce, null, "application/json", cancellationToken);
            taken = result.Headers.GetValueOrDefault("Replay-Nonce");
        }

        return taken is { Length: > 0 and < 1024 }
            ? taken
            : throw new AcmeException(AcmeReason.AnswerInvalid, $"{what}: the CA returned no nonce.");
    }

    private async Task<FetchResult> FetchAsync(
        string what,
        string url,
        byte[]? body,
        string accept,
        CancellationToken ct
    )
    {
        var request = new FetchRequest
        {
            Url = url,
            Field = "acme.directory",
            AllowedTargets = Uri.TryCreate(url, UriKind.Absolute, out var parsed)
                ? [.. settings.AllowedRanges.Ranges.Select(r => new FetchTarget(r, parsed.Port))]
                : [],
            PinnedRoots = settings.Roots,
            Accept = accept,
            Post = body is null ? null : new FetchPost(body, JoseType, []),
            WantsAnyStatus = true,
        };
        var options = new SafeFetcherOptions
        {
            Timeout = Timeout,
            PrivateNetworks = PrivateNetwork.WithEveryPort(settings.AllowedRanges),
            Network = network.Current,
        };
        var result = await new SafeFetcher(options, time, resolver).FetchAsync(request, ct);
        return result.IsSuccess
            ? result
            : throw new AcmeException(
                AcmeReason.Unreachable,
                string.Create(CultureInfo.InvariantCulture, $"{what}: {result.Detail}")
            );
    }

    private static bool IsSuccess(FetchResult result) => (int)result.Status! is >= 200 and < 300;
}
