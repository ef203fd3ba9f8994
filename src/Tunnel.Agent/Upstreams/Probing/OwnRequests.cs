using System.Net;
using Culvert.Platform.Mcp;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>
/// The agent's own requests to an MCP server. They have the headers of the route's requests, but cookies of their own:
/// behind a load balancer another node would not know their session.
/// </summary>
internal sealed class OwnRequests
{
    public const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>The agent as a client of MCP.</summary>
    public static readonly string Name = ClientMessages.Describe("culvert-probe", ProductVersion.Text);

    /// <summary>The agent itself, which is not the principal of any caller.</summary>
    public static readonly ClientKey Client = new("", "", IPAddress.None);

    private const string Cookie = "Cookie";

    private readonly HttpUpstream upstream;
    private readonly Route route;
    private readonly CookieJar cookies;

    private OwnRequests(HttpUpstream upstream, Route route)
    {
        this.upstream = upstream;
        this.route = route;
        cookies = new CookieJar(upstream.Time);
    }

    public static McpSession CreateSession(HttpUpstream upstream, Route route, bool isModern)
    {
        var address = upstream.GetAddress(upstream.Settings.Probe.Path);
        var requests = new OwnRequests(upstream, route);
        return new McpSession(
            new McpHttpTransport(address, isModern, MaxAnswerBytes, requests.SendAsync),
            Name,
            isModern
        );
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Host = upstream.HostHeader;
        var credential = await route.Access.Credential.GetOwnAsync(cancellationToken);
        route.Access.Credential.Note(credential, upstream.Time.GetUtcNow());
        if (
            credential.Problem.Length > 0
            || UpstreamRequest.AddConfigured(request, upstream.Settings.Headers, isProbe: true) is not null
        )
        {
            throw new UpstreamException(
                UpstreamFailures.CredentialUnavailable,
                "The route's credential cannot be read."
            );
        }

        var path = upstream.Settings.Probe.Path;
        var keepsCookies =
            upstream.Settings.Cookies != CookieHandling.Drop
            && !UpstreamRequest.IsConfigured(upstream.Settings.Headers, Cookie);
        if (keepsCookies && cookies.Format(path) is { Length: > 0 } kept)
        {
            request.Headers.TryAddWithoutValidation(Cookie, kept);
        }

        UpstreamRequest.AddCredential(request, credential);
        var response = await upstream.SendAsync(request, cancellationToken);
        if (keepsCookies)
        {
            cookies.Store(response.Headers, path);
        }

        return response;
    }
}
