using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams.Addresses;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Passes one request to its route's upstream and the answer back (rules P1–P4, P6, P10). Steps: (1) admit, (2) copy
/// the head, without the client's credentials and with the agent's (A16, A17), (3) send, streaming the body, (4) copy
/// the answer's head, without the upstream's address and cookies (S46), (5) stream the answer's body, (6) trailers. A
/// failure before (4) becomes an answer of the agent; after (4) the agent cuts the answer off.
/// </summary>
internal sealed class Forwarder(AgentMetrics metrics, TimeProvider time, ILogger<Forwarder> logger)
{
    private readonly Refusals refusals = new(metrics, logger);

    public TimeProvider Time => time;

    public ServerRequestRefuser ServerRequests { get; } = new(metrics, time, logger);

    public async Task ForwardAsync(Exchange exchange, Route route, HttpUpstream upstream, string host)
    {
        // (1) Admit. A full upstream fails the call at once: a call queued behind streams of hours would hang.
        if (HttpMethods.IsTrace(exchange.Request.Method))
        {
            // RFC 9110 §9.3.8: the answer to TRACE repeats the request, and so the agent's own credential.
            await refusals.RefuseAsync(exchange, route.Name, RequestFailures.MethodRefused);
            return;
        }

        if (
            HttpMethods.IsConnect(exchange.Request.Method) // on HTTP/2 it may come with a path (RFC 8441 §4)
            || exchange.Target is not { } target
        )
        {
            await refusals.RefuseAsync(exchange, route.Name, RequestFailures.BadTarget);
            return;
        }

        if (exchange.Principal is { } principal && !TryOpenEvent(exchange, route.Access, principal))
        {
            await refusals.RefuseAsync(exchange, route.Name, McpFailures.EventUnknown);
            return;
        }

        var hasBody = exchange.HasBody;
        if (hasBody && exchange.Request.Headers.ContentLength > upstream.MaxRequestBytes)
        {
            await refusals.RefuseAsync(exchange, route.Name, RequestFailures.RequestTooLarge);
            return;
        }

        if (hasBody && route.Access.Credential.HoldsBody && await HoldAsync(exchange, route, upstream) is { } notHeld)
        {
            await refusals.RefuseAsync(exchange, route.Name, notHeld);
            return;
        }

        var client = ClientKey.From(exchange);
        if (!upstream.TryEnter(client))
        {
            await refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.Busy);
            return;
        }

        try
        {
            using var deadline = new ExchangeDeadline(upstream.Timeouts, time, exchange.ClientGone, upstream.Use.Over);
            deadline.Watch(exchange);
            if (exchange.EndsAt is { } end)
            {
                deadline.LimitTo(end);
            }

            await ExchangeAsync(exchange, route, upstream, host, target, hasBody, deadline);
        }
        finally
        {
            upstream.Release(client);
        }
    }

    private async Task ExchangeAsync(
        Exchange exchange,
        Route route,
        HttpUpstream upstream,
        string host,
        string target,
        bool hasBody,
        ExchangeDeadline deadline
    )
    {
        // (2) and (3)
        var dialogue = route.Access.Credential.ConnectsCallers ? ConnectionDialogue.Read(exchange) : default;
        var credential = await route.Access.Credential.GetAsync(exchange, deadline.Token);
        route.Access.Credential.Note(credential, time.GetUtcNow());
        if (credential.Problem.Length > 0)
        {
            var failure = credential.ConnectPage is { } page
                ? ConnectionDialogue.Refuse(exchange, dialogue, page)
                : UpstreamFailures.CredentialUnavailable;
            await refusals.RefuseAsync(
                exchange,
                route.Name,
                failure,
                credential.Problem,
                id: exchange.Message?.Id ?? default
            );
            return;
        }

        using var request = UpstreamRequest.Create(
            exchange,
            route,
            upstream,
            host,
            target,
            hasBody,
            deadline,
            credential.Name
        );
        if (
            upstream.Settings.Headers.Count > 0
            && UpstreamRequest.AddConfigured(request, upstream.Settings.Headers) is { } missing
        )
        {
            await refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.CredentialUnavailable, missing);
            return;
        }

        UpstreamRequest.AddCredential(request, credential);
        exchange.Credential = credential.Use;
        if (exchange.Principal is { } caller && request.Content is RequestContent)
        {
            deadline.LimitBodyTo(caller.StreamsEndAt(route.Access.Oauth.StreamGrace));
        }

        HttpResponseMessage response;
        try
        {
            response = await upstream.SendAsync(request, deadline.Token);
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            await AnswerSendFailureAsync(exchange, route, e, deadline);
            return;
        }

        if (exchange.HeldBody is { IsComplete: true })
        {
            request.Content = null; // the answer may stream for hours
            exchange.ReleaseBody();
        }

        using (response)
        {
            // (4)
            var cookies = upstream.GetCookieHandling(route.Access);
            if (cookies == CookieHandling.Keep)
            {
                upstream.Cookies.Store(exchange, response, target);
            }

            if (CopyHead(exchange, route, upstream, host, response, credential) is { } refusal)
            {
                await refusals.RefuseAsync(exchange, route.Name, refusal.Failure, refusal.Detail);
                return;
            }

            // (5) and (6)
            var ids = BindToPrincipal(exchange, route.Access, response, deadline);
            var silence = upstream.Settings.SseKeepAlive;
            var keepAlive =
                silence > TimeSpan.Zero && ResponseHeaders.AcceptsComments(exchange, response)
                    ? exchange.KeepAlive(time).For(silence, exchange.ResponseBody.Writer, deadline.Token)
                    : null;
            var endpoint = ResponseHeaders.MayNameEndpoint(exchange, response)
                ? new EndpointEvent(url => upstream.Addresses.Rewrite(host, url))
                : null;
            var copied = await ResponseCopier.CopyAsync(response, exchange, deadline, keepAlive, endpoint, ids);
            if (copied is null)
            {
                ResponseHeaders.CopyTrailers(exchange, response, cookies == CookieHandling.Pass);
                metrics.Forwarded(route.Name, (int)response.StatusCode);
                return;
            }

            if (!exchange.TryStop(deadline, new AnswerStop(copied.Side == CopySide.Upstream, copied.Detail)))
            {
                AbortAnswer(exchange, route, copied);
            }
        }
    }

    // Returns why the request is refused; null if the exchange holds its whole body.
    private static ValueTask<Failure?> HoldAsync(Exchange exchange, Route route, HttpUpstream upstream) =>
        exchange.Bodies.HoldAsync(
            exchange,
            upstream.MaxRequestBytes ?? int.MaxValue,
            upstream.Timeouts.StreamIdle,
            incomplete: RequestFailures.BodyMalformed,
            isChecked: route.Access.Credential.ConnectsCallers
        );

    // Returns why the client must not receive the answer; null if the head was copied.
    private static (Failure Failure, string Detail)? CopyHead(
        Exchange exchange,
        Route route,
        HttpUpstream upstream,
        string host,
        HttpResponseMessage response,
        CredentialHeader credential
    )
    {
        if (!route.Access.IsPassthrough && route.Access.Credential.IsRefusal(response))
        {
            route.Access.Credential.Refused(exchange, credential);
            return (UpstreamFailures.CredentialRefused, $"Status {(int)response.StatusCode}.");
        }

        // A switch of protocols was not requested, so it is not an answer to this request (RFC 9110 §7.8).
        if (
            response.StatusCode == HttpStatusCode.SwitchingProtocols
            || !ResponseHeaders.TryCopyHead(exchange, response)
        )
        {
            return (UpstreamFailures.BadResponse, $"Status {(int)response.StatusCode}.");
        }

        if (upstream.GetCookieHandling(route.Access) != CookieHandling.Pass)
        {
            exchange.Response.Headers.Remove("Set-Cookie");
        }

        if (!upstream.Addresses.TryRewriteHead(exchange, host, route.Access.IsPassthrough, out var problem))
        {
            return (UpstreamFailures.InnerAddress, problem);
        }

        return exchange.Principal is { } principal && !TryBindSession(exchange, route.Access, principal)
            ? (UpstreamFailures.BadResponse, "Its session id is too long, or there are several.")
            : null;
    }

    // P8. False if the client could not send the session id back.
    private static bool TryBindSession(Exchange exchange, RouteAccess access, Principal principal)
    {
        var headers = exchange.Response.Headers;
        var given = headers[McpHeaders.Session];
        if (given.Count == 0)
        {
            return true;
        }

        if (given.Count > 1 || !access.Sessions.TryBind(given.ToString(), principal, out var bound))
        {
            return false;
        }

        headers[McpHeaders.Session] = bound;
        return true;
    }

    // A stream ends with its principal's token, and its event ids belong to the principal (P8). Null without event ids.
    private static BoundEventIds? BindToPrincipal(
        Exchange exchange,
        RouteAccess access,
        HttpResponseMessage response,
        ExchangeDeadline deadline
    )
    {
        if (exchange.Principal is not { } principal)
        {
            return null;
        }

        if (ResponseHeaders.IsStream(response))
        {
            deadline.EndAt(principal.StreamsEndAt(access.Oauth.StreamGrace));
        }

        if (!ResponseHeaders.HasEvents(exchange, response))
        {
            return null;
        }

        exchange.Response.Headers.ContentLength = null;
        return new BoundEventIds(access.Events, principal);
    }

    // P8: opens the event id. An empty id is not passed on: an upstream might start at its first event.
    private static bool TryOpenEvent(Exchange exchange, RouteAccess access, Principal principal)
    {
        var headers = exchange.Request.Headers;
        var last = headers[McpHeaders.LastEvent];
        if (last.Count == 0)
        {
            return true;
        }

        if (last.Count == 1 && access.Events.TryOpen(last.ToString(), principal, out var id))
        {
            headers[McpHeaders.LastEvent] = id;
            return true;
        }

        // M1: a revision whose streams cannot be resumed ignores the header.
        var isIgnored =
            string.IsNullOrEmpty(last.ToString())
            || (headers[McpHeaders.ProtocolVersion] is [{ } version] && McpRevision.IsModern(version));
        if (isIgnored)
        {
            headers.Remove(McpHeaders.LastEvent);
        }

        return isIgnored;
    }

    private async Task AnswerSendFailureAsync(Exchange exchange, Route route, Exception e, ExchangeDeadline deadline)
    {
        if (exchange.ClientGone.IsCancellationRequested)
        {
            metrics.Aborted(route.Name);
            exchange.Abort();
            return;
        }

        if (deadline.IsBodyPastEnd && exchange.MetadataUrl is { } metadata)
        {
            await refusals.RefuseTokenAsync(
                exchange,
                route,
                metadata,
                deadline.IsRevoked ? EndedToken.Revoked : "Its body outlived it."
            );
            return;
        }

        var isLate = exchange.EndsAt is { } end && deadline.IsPast(end);
        var (failure, detail) = isLate ? (PolicyFailures.TimedOut, "") : SendFailure.Classify(e);
        await refusals.RefuseAsync(exchange, route.Name, failure, detail);
    }

    private void AbortAnswer(Exchange exchange, Route route, CopyError error)
    {
        if (exchange.ClientGone.IsCancellationRequested || error.Side == CopySide.Client)
        {
            metrics.Aborted(route.Name);
            exchange.Abort();
            return;
        }

        metrics.BrokenOff(route.Name);
        Log.StreamFailed(logger, route.Name, "body", error.Detail);
        exchange.BreakOff();
    }
}
