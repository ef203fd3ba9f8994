using System.Collections.Frozen;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>
/// Calls targets. Each connection goes to the very address that passed the check. A redirect is followed only to
/// another target, under that target's own rules.
/// </summary>
internal sealed class CalloutClient : IDisposable
{
    private const int MaxHeadersKilobytes = 32;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly FrozenDictionary<string, HttpMessageInvoker> clients;

    public CalloutClient(CalloutSettings settings, TimeProvider time, IHostResolver? resolver = null)
    {
        this.time = time;
        Targets = new CalloutTargets(settings.Targets);
        var trust = SystemRoots.Policy(settings.CaBundle); // read once, because there may be a thousand targets
        clients = Targets.All.ToFrozenDictionary(
            t => t.Name,
            t => new HttpMessageInvoker(NewHandler(t, trust, time, resolver)),
            StringComparer.Ordinal
        );
    }

    public CalloutTargets Targets { get; }

    public async Task<CalloutResult> CallAsync(CalloutRequest request, CancellationToken cancellationToken)
    {
        if (Targets.Find(request.Name) is not { } target)
        {
            return CalloutResult.Refused(CalloutRefusal.TargetUnknown);
        }

        if (Check(request, target) is { } refusal)
        {
            return CalloutResult.Refused(refusal);
        }

        var asked = TimeSpan.FromMilliseconds(
            Math.Min(request.TimeoutMs ?? long.MaxValue, target.Timeout.TotalMilliseconds)
        );
        using var limit = new TimeLimit(asked, time, cancellationToken);
        try
        {
            return await FollowAsync(request, target, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CalloutResult.Refused(CalloutRefusal.Timeout);
        }
        catch (HttpRequestException e)
        {
            return CalloutResult.Refused(
                e.InnerException is VettedConnectException { Failure: ConnectFailure.Refused }
                    ? CalloutRefusal.Address
                    : CalloutRefusal.Unreachable
            );
        }
        catch (IOException)
        {
            return CalloutResult.Refused(CalloutRefusal.Unreachable);
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    private static CalloutRefusal? Check(CalloutRequest request, CalloutTarget target) =>
        !target.Methods.Contains(request.Method, StringComparer.Ordinal) ? CalloutRefusal.Method
        : request.Headers.Any(h =>
            !target.RequestHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase)
            || h.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        )
            ? CalloutRefusal.Header
        : request.Body?.Length > target.MaxRequestBytes ? CalloutRefusal.RequestSize
        : null;

    private async Task<CalloutResult> FollowAsync(
        CalloutRequest request,
        CalloutTarget first,
        CancellationToken cancellationToken
    )
    {
        var (target, method, body) = (first, request.Method, request.Body);
        var most = Math.Min(request.MaxRedirects ?? long.MaxValue, first.MaxRedirects);
        for (var redirects = 0; ; redirects++)
        {
            using var message = NewMessage(request, target, method, body);
            using var response = await clients[target.Name].SendAsync(message, cancellationToken);
            if (
                response.Headers.Location is null
                || (int)response.StatusCode is < 300 or > 399
                || !request.FollowsRedirects
            )
            {
                return await ReadAsync(request, target, response, redirects, cancellationToken);
            }

            // RFC 9110 §15.4: only 307 and 308 keep method and body.
            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                (method, body) = (method == "HEAD" ? "HEAD" : "GET", null);
            }

            if (
                redirects >= most
                || Next(target.Url, response.Headers.Location) is not { } next
                || !next.Methods.Contains(method, StringComparer.Ordinal)
                || body?.Length > next.MaxRequestBytes
            )
            {
                return CalloutResult.Refused(CalloutRefusal.Redirect, redirects);
            }

            target = next;
        }
    }

    // Never from https to http: protected data must not continue in clear text.
    private CalloutTarget? Next(Uri from, Uri location) =>
        Uri.TryCreate(from, location, out var to) && (from.Scheme == to.Scheme || to.Scheme == Uri.UriSchemeHttps)
            ? Targets.Find(to)
            : null;

    private static HttpRequestMessage NewMessage(
        CalloutRequest request,
        CalloutTarget target,
        string method,
        byte[]? body
    )
    {
        var message = new HttpRequestMessage(new HttpMethod(method), target.Url);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in request.Headers)
        {
            // The target of a redirect gets only the headers that it lists itself.
            if (
                target.RequestHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !message.Headers.TryAddWithoutValidation(name, value)
            )
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static async Task<CalloutResult> ReadAsync(
        CalloutRequest request,
        CalloutTarget target,
        HttpResponseMessage response,
        int redirects,
        CancellationToken cancellationToken
    )
    {
        var most = (int)Math.Min(request.MaxResponseBytes ?? long.MaxValue, target.MaxResponseBytes);
        if (await BoundedContent.ReadAsync(response.Content, most, cancellationToken) is not { } body)
        {
            return CalloutResult.Refused(CalloutRefusal.ResponseSize, redirects);
        }

        var headers = response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(h => target.ResponseHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .Select(h => new KeyValuePair<string, HeaderStringValues>(h.Key.ToLowerInvariant(), h.Value))
            .ToList();
        return new CalloutResult(null, (int)response.StatusCode, headers, body, redirects);
    }

    private static SocketsHttpHandler NewHandler(
        CalloutTarget target,
        X509ChainPolicy trust,
        TimeProvider time,
        IHostResolver? resolver
    )
    {
        var handler = OutboundHttp.CreateHandler(
            trust,
            new VettedConnector(e => Vet(target, e), time, resolver).ConnectAsync
        );
        handler.ConnectTimeout = ConnectTimeout;
        handler.ActivityHeadersPropagator = null;
        handler.MaxResponseHeadersLength = MaxHeadersKilobytes;
        handler.MaxResponseDrainSize = 0;
        handler.MaxConnectionsPerServer = 8;
        handler.PooledConnectionIdleTimeout = HttpUpstream.PooledIdle;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(1); // afterwards the name is resolved and vetted again
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        return handler;
    }

    // S27: link-local and metadata addresses are never called, whatever is listed.
    private static string? Vet(CalloutTarget target, IPEndPoint endPoint) =>
        AddressClasses.Classify(endPoint.Address) is AddressClass.LinkLocal or AddressClass.CloudMetadata
            ? "It is never called."
        : target.AllowedRanges.Contains(endPoint.Address) ? null
        : "It is not in the target's allowed_ranges.";
}
