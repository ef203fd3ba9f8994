using System.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Answers an upstream's request (sampling, elicitation, …) that the policy does not pass to the client.</summary>
internal sealed class ServerRequestRefuser(AgentMetrics metrics, TimeProvider time, ILogger logger)
{
    private const string Refused = "The route's policy does not pass this request on to the client.";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Posts an error to the server as the client's answer (L8), with the client's session and version and the route's
    /// credential and headers. The outcome does not affect any client.
    /// </summary>
    // Everything in the exchange is read before the first await: afterwards it may belong to another request.
    public async Task RefuseAsync(Exchange exchange, Route route, HttpUpstream upstream, ReadOnlyMemory<byte> id)
    {
        var client = ClientKey.From(exchange);
        if (exchange.Target is not { } target || !upstream.TryEnterAsRefusal(client))
        {
            metrics.ServerRequestUnanswered(route.Name);
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var request = new HttpRequestMessage(HttpMethod.Post, upstream.GetAddress(target))
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(RpcText.Error(id.Span, RpcText.MethodNotFound, Refused)),
            };
            var pending = route.Access.Credential.GetAsync(exchange, limit.Token);
            CopyForAnswer(exchange, request, route.Access, GetCookie(exchange, route, upstream, target));
            var credential = await pending;
            var problem =
                credential.Problem.Length > 0
                    ? credential.Problem
                    : UpstreamRequest.AddConfigured(request, upstream.Settings.Headers);
            if (problem is not null)
            {
                Log.AskNotRefused(logger, route.Name, problem);
                return;
            }

            request.Headers.Host = upstream.HostHeader;
            UpstreamRequest.AddCredential(request, credential);
            using var response = await upstream.SendAsync(request, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            Log.AskNotRefused(logger, route.Name, e.Message);
        }
        finally
        {
            upstream.ReleaseRefusal(client);
        }
    }

    // The answer must reach the node that sent the request.
    private static string GetCookie(Exchange exchange, Route route, HttpUpstream upstream, string target) =>
        UpstreamRequest.IsConfigured(upstream.Settings.Headers, "Cookie")
            ? ""
            : upstream.GetCookieHandling(route.Access) switch
            {
                CookieHandling.Keep => upstream.Cookies.Format(exchange, target),
                CookieHandling.Pass => exchange.Request.Headers.Cookie is [{ } sent] ? sent : "",
                _ => "",
            };

    private static void CopyForAnswer(Exchange exchange, HttpRequestMessage request, RouteAccess access, string cookie)
    {
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        UpstreamRequest.Add(request, "Accept", "application/json, text/event-stream");
        var headers = exchange.Request.Headers;
        if (headers[McpHeaders.ProtocolVersion] is [{ } version])
        {
            UpstreamRequest.Add(request, McpHeaders.ProtocolVersion, version);
        }

        // The session may be one that this very answer starts.
        if (SessionBinding.GetId(exchange) is { Length: > 0 } session)
        {
            UpstreamRequest.Add(request, McpHeaders.Session, session);
        }

        if (access.IsPassthrough && headers.Authorization is [{ } token])
        {
            UpstreamRequest.Add(request, "Authorization", token);
        }

        if (cookie.Length > 0)
        {
            UpstreamRequest.Add(request, "Cookie", cookie);
        }
    }
}
