using System.Net;
using System.Net.Http.Headers;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>
/// The agent's own requests to an MCP server. They have the headers of the route's requests, but cookies of their own:
/// behind a load balancer another node would not know their session.
/// </summary>
internal sealed class OwnRequests(HttpUpstream upstream)
{
    private const string Cookie = "Cookie";

    private CookieJar cookies = new(upstream.Time);

    /// <summary>The agent itself, which is not the principal of any caller.</summary>
    public static readonly ClientKey Client = new("", "", IPAddress.None);

    /// <summary>Call this before a new session, which may use whichever node the load balancer chooses.</summary>
    public void ForgetCookies() => cookies = new CookieJar(upstream.Time);

    public async Task<HttpResponseMessage> SendAsync(
        Route route,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var credential = await route.Access.Credential.GetOwnAsync(cancellationToken);
        if (
            credential.Problem.Length > 0
            || UpstreamRequest.AddConfigured(request, upstream.Settings.Headers) is not null
        )
        {
            throw new UpstreamException(
                UpstreamFailures.CredentialUnavailable,
                "The route's credential cannot be read."
            );
        }

        if (credential.Name.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(credential.Name, credential.Value);
        }

        var path = upstream.Settings.Probe.Path;
        var keepsCookies =
            upstream.Settings.Cookies != CookieHandling.Drop
            && !UpstreamRequest.IsConfigured(upstream.Settings.Headers, Cookie);
        if (keepsCookies && cookies.Format(path) is { Length: > 0 } kept)
        {
            request.Headers.TryAddWithoutValidation(Cookie, kept);
        }

        var response = await upstream.SendAsync(request, cancellationToken);
        if (keepsCookies)
        {
            cookies.Store(response.Headers, path);
        }

        return response;
    }

    public HttpRequestMessage Create(HttpMethod method, byte[]? body, string? version, string? session = null)
    {
        var request = new HttpRequestMessage(method, upstream.GetAddress(upstream.Settings.Probe.Path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = upstream.HostHeader;
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (version is not null)
        {
            request.Headers.Add(McpHeaders.ProtocolVersion, version);
        }

        if (session is not null)
        {
            request.Headers.TryAddWithoutValidation(McpHeaders.Session, session);
        }

        return request;
    }
}
