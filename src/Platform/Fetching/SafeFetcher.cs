using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Fetching;

/// <summary>
/// Fetches small documents from URLs that another person configured (S27): https only, the name resolved once, every
/// address checked, no redirects, and limits on time and size. A proxy receives the checked address and not the name,
/// since it would resolve the name again; proxy variables are ignored.
/// </summary>
public sealed class SafeFetcher(SafeFetcherOptions options, TimeProvider time, IHostResolver? resolver = null)
{
    private const int MaxHeadersKilobytes = 16;

    private readonly IHostResolver resolver = new FamilyResolver(
        resolver ?? SystemHostResolver.Instance,
        options.Network.Family
    );

    /// <summary>Fetches a document; every expected failure is a result.</summary>
    public async Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        if (!TryParseUrl(request.Url, out var url))
        {
            var rule = "The URL must be absolute, with https and a host, and without user, password or fragment.";
            return FetchResult.Refused(request, FetchRefusal.InvalidUrl, rule, null);
        }

        using var limit = new TimeLimit(options.Timeout, time, cancellationToken);
        try
        {
            using var client = NewClient(request);
            return await SendAsync(client, request, url, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var detail = $"{url.Host} did not finish its response within {options.Timeout.TotalSeconds} s.";
            return FetchResult.Refused(request, FetchRefusal.TimedOut, detail, null) with
            {
                Cause = ConnectCause.Silent,
            };
        }
        catch (HttpRequestException e)
        {
            return Refuse(request, url, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // The body was cut off, or its compression differs from its header.
            var detail = $"{url.Host} sent a malformed response.";
            return FetchResult.Refused(request, FetchRefusal.Malformed, detail, null);
        }
    }

    /// <summary>Checks a URL when it is stored, by the current addresses of its name; null also when it has none.</summary>
    public async Task<FetchResult?> CheckAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        if (!TryParseUrl(request.Url, out var url))
        {
            return null;
        }

        using var limit = new TimeLimit(options.Timeout, time, cancellationToken);
        try
        {
            var connector = new VettedConnector(endPoint => Vet(request, endPoint)?.ToString(), time, resolver);
            await connector.CheckAsync(url.IdnHost.Trim('[', ']'), url.Port, limit.Token);
            return null;
        }
        catch (VettedConnectException e)
        {
            return e.Failure == ConnectFailure.Refused ? Refuse(request, url, e) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Checks the form of a URL when it is stored.</summary>
    public static bool TryParseUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!)
        && url is { Scheme: "https", UserInfo: "", Fragment: "", Host.Length: > 0 };

    private async Task<FetchResult> SendAsync(HttpClient client, FetchRequest request, Uri url, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(request.Post is null ? HttpMethod.Get : HttpMethod.Post, url);
        if (request.Post is { } post)
        {
            message.Content = new ReadOnlyMemoryContent(post.Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", post.ContentType);
            foreach (var (name, value) in post.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        message.Headers.Accept.ParseAdd(request.Accept);
        if (request.IfNoneMatch is not null)
        {
            message.Headers.TryAddWithoutValidation("If-None-Match", request.IfNoneMatch);
        }

        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        Observe(request, response);
        var (tag, maxAge) = (response.Headers.ETag?.ToString(), ReadMaxAge(response.Headers.CacheControl));
        if (request is { Post.WantsDocument: false, WantsAnyStatus: false } && response.IsSuccessStatusCode)
        {
            return FetchResult.Fetched(ReadOnlyMemory<byte>.Empty, tag, maxAge);
        }

        switch (response.StatusCode)
        {
            case < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest when request.WantsAnyStatus:
                return await ReadAsync(response, ct) is { } content
                    ? FetchResult.Answered(
                        response.StatusCode,
                        content,
                        ReadRetryAfter(response),
                        ReadHeaders(response)
                    )
                    : TooLarge(request, url);
            case HttpStatusCode.OK when !IsExpected(request, response.Content.Headers.ContentType?.MediaType):
                var kind = $"{url.Host} answered with something else than {request.MediaType ?? "a JSON document"}.";
                return FetchResult.Refused(request, FetchRefusal.ContentType, kind, null);
            case HttpStatusCode.OK:
                return await ReadAsync(response, ct) is { } body
                    ? FetchResult.Fetched(body, tag, maxAge)
                    : TooLarge(request, url);
            case HttpStatusCode.NotModified when request.IfNoneMatch is not null:
                return FetchResult.NotModified(tag, maxAge);
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                var moved = $"{url.Host} answered with a redirect ({(int)response.StatusCode}), which is not followed.";
                return FetchResult.Refused(request, FetchRefusal.Redirect, moved, null);
            default:
                var status = $"{url.Host} answered with status {(int)response.StatusCode}.";
                return FetchResult.Refused(request, status, response.StatusCode, ReadRetryAfter(response));
        }
    }

    private FetchResult TooLarge(FetchRequest request, Uri url) =>
        FetchResult.Refused(
            request,
            FetchRefusal.TooLarge,
            $"{url.Host} sent more than {options.MaxBytes} bytes.",
            null
        );

    private static Dictionary<string, string> ReadHeaders(HttpResponseMessage response) =>
        response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);

    private TimeSpan? ReadRetryAfter(HttpResponseMessage response) =>
        RetryAfterHeader.Read(response.Headers, time.GetUtcNow(), longest: TimeSpan.MaxValue);

    private static bool IsExpected(FetchRequest request, string? mediaType) =>
        request.MediaType is { } wanted
            ? string.Equals(wanted, mediaType, StringComparison.OrdinalIgnoreCase)
            : IsDocument(mediaType);

    // A captive portal or an expired link answers 200 with a page. Files from object stores often have no useful type.
    private static bool IsDocument(string? mediaType) =>
        mediaType?.ToLowerInvariant()
            is null
                or "application/json"
                or "text/json"
                or "text/plain"
                or "application/octet-stream"
                or "binary/octet-stream"
        || (
            mediaType!.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && mediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
        );

    private static void Observe(FetchRequest request, HttpResponseMessage response)
    {
        if (request.Observation is { } observation)
        {
            observation.Status = (int)response.StatusCode;
            observation.ContentType = response.Content.Headers.ContentType?.MediaType;
        }
    }

    private Task<ReadOnlyMemory<byte>?> ReadAsync(HttpResponseMessage response, CancellationToken ct) =>
        BoundedContent.ReadAsync(response.Content, options.MaxBytes, ct);

    // One client per fetch: the allowed targets differ between records, and a pooled connection would bypass them.
    private HttpClient NewClient(FetchRequest request)
    {
        var connector = new VettedConnector(endPoint => Vet(request, endPoint)?.ToString(), time, resolver);
        var handler = OutboundHttp.CreateHandler(
            new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = ChainPolicy(request),
                ClientCertificateContext = request.ClientCertificate,
                // Set explicitly, because the system's configuration may allow less.
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            (context, ct) => ConnectAsync(connector, request, context.DnsEndPoint, ct)
        );
        handler.AutomaticDecompression = DecompressionMethods.GZip;
        handler.PlaintextStreamFilter = (context, _) => Secured(request, context);
        handler.MaxResponseHeadersLength = MaxHeadersKilobytes;
        // The rest of a refused answer is not read.
        handler.MaxResponseDrainSize = 0;
        handler.ActivityHeadersPropagator = null;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private FetchRefusal? Vet(FetchRequest request, IPEndPoint endPoint)
    {
        var refusal = FetchPolicy.Check(endPoint, request.AllowedTargets, options.PrivateNetworks);
        request.Observation?.Vetted(endPoint.Address, refusal);
        return refusal;
    }

    private async ValueTask<Stream> ConnectAsync(
        VettedConnector connector,
        FetchRequest request,
        DnsEndPoint target,
        CancellationToken ct
    )
    {
        if (options.Network.Proxy is { } proxy && proxy.AppliesTo(target.Host, target.Port))
        {
            IPEndPoint[] open =
            [
                .. (await connector.CheckAsync(target.Host, target.Port, ct)).Where(e =>
                    AddressClasses.Classify(e.Address) == AddressClass.Public
                ),
            ];
            if (open.Length > 0)
            {
                return await ConnectAsync(request, target.Host, open, ct);
            }
        }

        var stream = await connector.ConnectAsync(target.Host, target.Port, ct);
        request.Observation?.Connected(stream.Socket.RemoteEndPoint);
        return stream;
    }

    // The proxy connects to the checked addresses in turn, as a direct connection would.
    private async ValueTask<Stream> ConnectAsync(
        FetchRequest request,
        string host,
        IPEndPoint[] targets,
        CancellationToken ct
    )
    {
        for (var i = 0; ; i++)
        {
            var (target, isLast) = (targets[i], i == targets.Length - 1);
            using var limit = new TimeLimit(
                isLast ? Timeout.InfiniteTimeSpan : VettedConnector.AttemptTimeout,
                time,
                ct
            );
            try
            {
                var dialer = new OutboundDialer(options.Network);
                var stream = await dialer.ConnectAsync(target.Address.ToString(), target.Port, limit.Token);
                request.Observation?.Connected(target);
                return stream;
            }
            catch (Exception e)
                when (e is IOException or SocketException or AuthenticationException
                    || (e is OperationCanceledException && !ct.IsCancellationRequested)
                )
            {
                if (isLast)
                {
                    throw new VettedConnectException(ConnectFailure.Unreachable, host, target.Address, e.Message, e);
                }
            }
        }
    }

    private static ValueTask<Stream> Secured(FetchRequest request, SocketsHttpPlaintextStreamFilterContext context)
    {
        if (context.PlaintextStream is SslStream tls)
        {
            request.Observation?.Secured(tls);
        }

        return new(context.PlaintextStream);
    }

    // Downloads of intermediates or revocation lists would bypass every check made here.
    private X509ChainPolicy ChainPolicy(FetchRequest request)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        if (request.PinnedRoots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }
        else
        {
            SystemRoots.AddTo(policy, options.Network.CaBundle);
        }

        return policy;
    }

    private static FetchResult Refuse(FetchRequest request, Uri url, HttpRequestException e)
    {
        if (e.InnerException is VettedConnectException connect)
        {
            return Refuse(request, url, connect);
        }

        return e.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => FetchResult.Refused(
                request,
                FetchRefusal.Tls,
                $"The certificate of {url.Host} is not trusted.",
                null
            ),
            HttpRequestError.ConfigurationLimitExceeded => FetchResult.Refused(
                request,
                FetchRefusal.TooLarge,
                $"{url.Host} sent more than {MaxHeadersKilobytes} KiB of headers.",
                null
            ),
            _ => FetchResult.Refused(request, FetchRefusal.Malformed, $"{url.Host} sent a malformed response.", null),
        };
    }

    private static FetchResult Refuse(FetchRequest request, Uri url, VettedConnectException e)
    {
        var refusal = e.Failure switch
        {
            ConnectFailure.Unresolvable => FetchRefusal.Unresolvable,
            ConnectFailure.Unreachable => FetchRefusal.Unreachable,
            _ => Enum.Parse<FetchRefusal>(e.Reason),
        };
        var detail = refusal switch
        {
            FetchRefusal.Unresolvable => $"{url.Host} has no address.",
            FetchRefusal.Unreachable => $"{url.Host} ({e.Address}) does not respond on port {url.Port}.",
            FetchRefusal.OutsideBound =>
                $"{url.Host} has the address {e.Address}, which is outside private_issuer_networks for port {url.Port}.",
            FetchRefusal.PortNotAllowed =>
                $"Port {url.Port} of {url.Host} ({e.Address}) is not among the allowed targets.",
            FetchRefusal.LinkLocalAddress or FetchRefusal.MetadataAddress =>
                $"{url.Host} has the address {e.Address}, which is never fetched from.",
            _ => $"{url.Host} has the address {e.Address}, which is not public and not among the allowed targets.",
        };
        return FetchResult.Refused(request, refusal, detail, e.Address) with { Cause = ConnectCauses.Find(e) };
    }

    private static TimeSpan? ReadMaxAge(CacheControlHeaderValue? cacheControl) =>
        cacheControl is { NoStore: true } or { NoCache: true } ? TimeSpan.Zero : cacheControl?.MaxAge;
}
