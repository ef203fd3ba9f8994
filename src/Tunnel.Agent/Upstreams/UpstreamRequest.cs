using System.Diagnostics;
using System.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Creates the request to an upstream: its head without the client's credentials, then the configured headers, and last
/// the agent's credential, which may sign all of it.
/// </summary>
internal static class UpstreamRequest
{
    private const string Cookie = "Cookie";

    public static HttpRequestMessage Create(
        Exchange exchange,
        Route route,
        HttpUpstream upstream,
        string host,
        string target,
        bool hasBody,
        ExchangeDeadline deadline,
        string credential
    )
    {
        var source = exchange.Request;
        var request = new HttpRequestMessage(HttpMethod.Parse(source.Method), upstream.GetAddress(target))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (exchange.HeldBody is { IsComplete: true } held)
        {
            request.Content = new ReadOnlyMemoryContent(held.Bytes);
        }
        else if (hasBody)
        {
            var length = source.Headers.ContentLength;
            request.Content = new RequestContent(
                exchange.RequestBody.Reader,
                length,
                upstream.MaxRequestBytes,
                deadline,
                exchange.HeldBody?.Bytes ?? default
            );
        }
        else if (!IsIdempotent(source.Method))
        {
            request.Content = new EmptyContent();
        }

        var cookies = upstream.GetCookieHandling(route.Access);
        CopyRequestHeaders(
            source.Headers,
            request,
            route.Access,
            credential,
            upstream.Settings.Headers,
            isTraced: exchange.Span is not null,
            passesCookies: cookies == CookieHandling.Pass
        );
        if (
            cookies == CookieHandling.Keep
            && upstream.Cookies.Format(exchange, target) is { Length: > 0 } kept
            && !IsConfigured(upstream.Settings.Headers, Cookie)
        )
        {
            Add(request, Cookie, kept);
        }

        if (exchange.Span is { } span)
        {
            AddTraceContext(request, span, upstream.Settings.Headers);
        }

        request.Headers.Host = upstream.HostHeader;
        request.Headers.TryAddWithoutValidation("Forwarded", exchange.Connection.Forwarded(host));
        return request;
    }

    /// <summary>Adds the agent's credential to a request that is complete otherwise.</summary>
    public static void AddCredential(HttpRequestMessage request, CredentialHeader credential)
    {
        if (credential.Signer is { } signer)
        {
            signer.Sign(request);
        }
        else if (credential.Name.Length > 0)
        {
            Add(request, credential.Name, credential.Value);
        }
    }

    private static void CopyRequestHeaders(
        IHeaderDictionary source,
        HttpRequestMessage request,
        RouteAccess access,
        string credential,
        IReadOnlyList<KeyValuePair<string, SettingValue>> configured,
        bool isTraced,
        bool passesCookies
    )
    {
        var connection = source.Connection;
        foreach (var (name, values) in source)
        {
            var isCookie = name.Equals(Cookie, StringComparison.OrdinalIgnoreCase);
            if (
                !HeaderRules.ForwardsRequest(name, connection)
                || (isCookie ? !passesCookies : !access.IsPassthrough && HeaderRules.IsClientCredential(name))
                || HeaderRules.IsSameField(name, credential)
                || (configured.Count > 0 && IsConfigured(configured, name))
                || (isTraced && IsTraceContext(name))
            )
            {
                continue;
            }

            // RFC 9113 §8.2.3: HTTP/2 clients split Cookie; on HTTP/1.1 it is one line, joined with "; ".
            if (values.Count > 1 && isCookie)
            {
                Add(request, name, string.Join("; ", values!));
            }
            else
            {
                foreach (var value in values)
                {
                    Add(request, name, value ?? "");
                }
            }
        }
    }

    private static bool IsTraceContext(string name) =>
        name.Equals(TraceContext.ParentHeader, StringComparison.OrdinalIgnoreCase)
        || name.Equals(TraceContext.StateHeader, StringComparison.OrdinalIgnoreCase);

    // W3C Trace Context §4.2: the next hop's parent is this call's span; the state is forwarded unchanged.
    private static void AddTraceContext(
        HttpRequestMessage request,
        Activity span,
        IReadOnlyList<KeyValuePair<string, SettingValue>> configured
    )
    {
        if (IsConfigured(configured, TraceContext.ParentHeader))
        {
            return;
        }

        Add(request, TraceContext.ParentHeader, span.Id!);
        if (span.TraceStateString is { Length: > 0 } state && !IsConfigured(configured, TraceContext.StateHeader))
        {
            Add(request, TraceContext.StateHeader, state);
        }
    }

    public static void Add(HttpRequestMessage request, string name, string value)
    {
        // The HTTP client keeps fields that describe content (Content-Type, Last-Modified, …) with the content.
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            request.Content ??= new EmptyContent();
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    public static bool IsConfigured(IReadOnlyList<KeyValuePair<string, SettingValue>> configured, string name)
    {
        for (var i = 0; i < configured.Count; i++)
        {
            if (HeaderRules.IsSameField(configured[i].Key, name))
            {
                return true;
            }
        }

        return false;
    }

    // Returns null, or why a value is not available. Secrets are read for each request, so that they can be replaced.
    public static string? AddConfigured(
        HttpRequestMessage request,
        IReadOnlyList<KeyValuePair<string, SettingValue>> configured,
        bool isProbe = false
    )
    {
        foreach (var (name, value) in configured)
        {
            try
            {
                var text = isProbe ? value.Peek() : value.Read();
                if (text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                {
                    return $"{value} contains characters that are not allowed in a header.";
                }

                Add(request, name, text);
            }
            catch (SecretUnavailableException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    // RFC 9110 §9.2.2
    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method)
        || HttpMethods.IsHead(method)
        || HttpMethods.IsOptions(method)
        || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method);
}
