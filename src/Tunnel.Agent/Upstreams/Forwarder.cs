using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Passes one request to its route's upstream and the answer back (rules P1–P4, P6, P10). Steps: (1) admit,
/// (2) copy the head, without the client's credentials and with the agent's (A16, A17), (3) send, streaming the body, (4) copy the answer's head, (5) stream the answer's body,
/// (6) trailers. Until (4) a failure becomes an answer of our own; after it, the answer is cut off.
/// </summary>
internal sealed class Forwarder(AgentMetrics metrics, TimeProvider time, ILogger<Forwarder> logger)
{
    private const string AskRefused = "The route's policy does not pass this request on to the client.";
    private static readonly TimeSpan AskRefusalLimit = TimeSpan.FromSeconds(10);

    private readonly Refusals refusals = new(metrics, logger);

    public async Task ForwardAsync(Exchange exchange, Route route, HttpUpstream upstream, string host)
    {
        // (1) Admit. A full upstream is told at once: queued behind streams that may last for hours, a call would hang.
        if (HttpMethods.IsTrace(exchange.Request.Method))
        {
            // RFC 9110 §9.3.8: the answer repeats the request, and so the agent's own credential.
            await refusals.RefuseAsync(exchange, route.Name, Failures.MethodRefused);
            return;
        }

        if (
            HttpMethods.IsConnect(exchange.Request.Method) // on HTTP/2 it may come with a path (RFC 8441 §4)
            || !RequestTarget.TryGetOriginForm(exchange.Request.RawTarget, out var target)
        )
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.BadTarget);
            return;
        }

        var hasBody = exchange.HasBody;
        if (hasBody && exchange.Request.Headers.ContentLength > upstream.MaxRequestBytes)
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.RequestTooLarge);
            return;
        }

        var client = ClientKey.Of(exchange);
        if (!upstream.TryEnter(client))
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.Busy);
            return;
        }

        try
        {
            using var deadline = new ExchangeDeadline(upstream.Timeouts, time, exchange.ClientGone, upstream.Use.Over);
            if (exchange.Call is { EndsAt: { } end })
            {
                deadline.LimitTo(end);
            }

            await ExchangeAsync(exchange, route, upstream, host, target, hasBody, deadline);
        }
        finally
        {
            upstream.Leave(client);
        }
    }

    /// <summary>
    /// Posts an error as the client's answer to a request of the server's (L8), with what the client's own message would
    /// have: its session and version, the route's credential and headers. What it leads to concerns nobody.
    /// </summary>
    // All of the exchange is read before the first wait: it may belong to another request by then.
    public async Task RefuseAskAsync(Exchange exchange, Route route, HttpUpstream upstream, ReadOnlyMemory<byte> id)
    {
        var client = ClientKey.Of(exchange);
        if (
            !RequestTarget.TryGetOriginForm(exchange.Request.RawTarget, out var target)
            || !upstream.TryEnterAsRefusal(client)
        )
        {
            metrics.AskUnanswered(route.Name);
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(AskRefusalLimit, time);
            using var request = new HttpRequestMessage(HttpMethod.Post, upstream.AddressOf(target))
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(RpcText.Error(id.Span, RpcText.MethodNotFound, AskRefused)),
            };
            var pending = route.Access.Credential.GetAsync(exchange, limit.Token);
            CopyForAnswer(exchange, request, route.Access);
            var credential = await pending;
            if (credential.Problem.Length > 0 || AddConfigured(request, upstream.Settings.Headers) is not null)
            {
                return;
            }

            request.Headers.Host = upstream.HostHeader;
            if (credential.Name.Length > 0)
            {
                Add(request, credential.Name, credential.Value);
            }

            using var response = await upstream.SendAsync(request, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            Log.AskNotRefused(logger, route.Name, e.Message);
        }
        finally
        {
            upstream.LeaveAsRefusal(client);
        }
    }

    private static void CopyForAnswer(Exchange exchange, HttpRequestMessage request, RouteAccess access)
    {
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        Add(request, "Accept", "application/json, text/event-stream");
        var headers = exchange.Request.Headers;
        if (headers[McpHeaders.ProtocolVersion] is [{ } version])
        {
            Add(request, McpHeaders.ProtocolVersion, version);
        }

        // The session may be one that begins with this very answer.
        if (SessionBinding.IdOf(exchange) is { Length: > 0 } session)
        {
            Add(request, McpHeaders.Session, session);
        }

        if (access.IsPassthrough)
        {
            foreach (var name in new[] { "Authorization", "Cookie" })
            {
                if (headers[name] is [{ } value])
                {
                    Add(request, name, value);
                }
            }
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
        var credential = await route.Access.Credential.GetAsync(exchange, deadline.Token);
        if (credential.Problem.Length > 0)
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.CredentialUnavailable, credential.Problem);
            return;
        }

        using var request = CreateRequest(exchange, route, upstream, host, target, hasBody, deadline, credential);
        if (upstream.Settings.Headers.Count > 0 && AddConfigured(request, upstream.Settings.Headers) is { } problem)
        {
            await refusals.RefuseAsync(exchange, route.Name, Failures.CredentialUnavailable, problem);
            return;
        }

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
            if (IsCredentialRefusal(route, response))
            {
                route.Access.Credential.Refused(exchange, credential);
                await refusals.RefuseAsync(
                    exchange,
                    route.Name,
                    Failures.CredentialRefused,
                    $"Status {(int)response.StatusCode}."
                );
                return;
            }

            // A switch of protocols was never asked for, so it is no answer to this request (RFC 9110 §7.8).
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols || !TryCopyHead(exchange, response))
            {
                await refusals.RefuseAsync(
                    exchange,
                    route.Name,
                    Failures.BadResponse,
                    $"Status {(int)response.StatusCode}."
                );
                return;
            }

            // (5) and (6)
            if (exchange.Principal is { } principal)
            {
                if (!TryBindSession(exchange, route.Access, principal))
                {
                    const string Detail = "Its session id is too long, or there are several.";
                    await refusals.RefuseAsync(exchange, route.Name, Failures.BadResponse, Detail);
                    return;
                }

                if (IsStream(response))
                {
                    deadline.EndAt(principal.StreamsEndAt(route.Access.Oauth.StreamGrace));
                }
            }

            var silence = upstream.Settings.SseKeepAlive;
            var keepAlive =
                silence > TimeSpan.Zero && TakesComments(exchange, response)
                    ? exchange.KeepAlive(time).For(silence, exchange.ResponseBody.Writer, deadline.Token)
                    : null;
            var copied = await ResponseCopier.CopyAsync(response, exchange, deadline, keepAlive);
            if (copied is null)
            {
                CopyTrailers(exchange, response);
                metrics.Forwarded(route.Name, (int)response.StatusCode);
                return;
            }

            if (exchange.Call is { } call && await call.TryExplainAsync(exchange, deadline) is not null)
            {
                return;
            }

            AbortAnswer(exchange, route, copied);
        }
    }

    private static HttpRequestMessage CreateRequest(
        Exchange exchange,
        Route route,
        HttpUpstream upstream,
        string host,
        string target,
        bool hasBody,
        ExchangeDeadline deadline,
        CredentialHeader credential
    )
    {
        var source = exchange.Request;
        var request = new HttpRequestMessage(HttpMethod.Parse(source.Method), upstream.AddressOf(target))
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

        CopyRequestHeaders(
            source.Headers,
            request,
            route.Access,
            credential.Name,
            upstream.Settings.Headers,
            isTraced: exchange.Span is not null
        );
        if (exchange.Span is { } span)
        {
            AddTraceContext(request, span, upstream.Settings.Headers);
        }

        request.Headers.Host = upstream.HostHeader;
        request.Headers.TryAddWithoutValidation("Forwarded", exchange.Connection.Forwarded(host));
        if (credential.Name.Length > 0)
        {
            Add(request, credential.Name, credential.Value);
        }

        return request;
    }

    private static void CopyRequestHeaders(
        IHeaderDictionary source,
        HttpRequestMessage request,
        RouteAccess access,
        string credential,
        IReadOnlyList<KeyValuePair<string, SettingValue>> configured,
        bool isTraced
    )
    {
        var connection = source.Connection;
        foreach (var (name, values) in source)
        {
            if (
                !HeaderRules.ForwardsRequest(name, connection)
                || (!access.IsPassthrough && HeaderRules.IsClientCredential(name))
                || HeaderRules.IsSameField(name, credential)
                || (configured.Count > 0 && IsConfigured(configured, name))
                || (isTraced && IsTraceContext(name))
            )
            {
                continue;
            }

            // RFC 9113 §8.2.3: HTTP/2 clients split Cookie; on HTTP/1.1 it is one line again, joined with "; ".
            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
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

    // W3C Trace Context §4.2: the next hop's parent is this call's span; the state goes on as it came.
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

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        // The HTTP client keeps fields that describe content (Content-Type, Last-Modified, …) with the content.
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            request.Content ??= new EmptyContent();
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    // A18: with a challenge, or a 401 without the one it owes, it speaks of a credential, and that is ours. A 403 of
    // another kind is the server's own answer to what it was asked.
    private static bool IsCredentialRefusal(Route route, HttpResponseMessage response) =>
        !route.Access.IsPassthrough
        && (
            response.StatusCode == HttpStatusCode.Unauthorized
            || (
                response.StatusCode == HttpStatusCode.Forbidden
                && response.Headers.NonValidated.Contains("WWW-Authenticate")
            )
        );

    private static bool IsConfigured(IReadOnlyList<KeyValuePair<string, SettingValue>> configured, string name)
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

    // Null, or why one of them cannot be had. Secrets are read anew each time, so that they can be replaced.
    internal static string? AddConfigured(
        HttpRequestMessage request,
        IReadOnlyList<KeyValuePair<string, SettingValue>> configured
    )
    {
        foreach (var (name, value) in configured)
        {
            try
            {
                var text = value.Read();
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

    // P8. False: the client could not send it back.
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

    // What has no length may last for ever.
    private static bool IsStream(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is null
        || response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    // A comment has no place in what is compressed or counted.
    private static bool TakesComments(Exchange exchange, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK
        && response.Content.Headers.ContentType?.MediaType == "text/event-stream"
        && response.Content.Headers.ContentLength is null
        && !response.Content.Headers.NonValidated.Contains("Content-Encoding")
        && !HttpMethods.IsHead(exchange.Request.Method);

    private static bool TryCopyHead(Exchange exchange, HttpResponseMessage response)
    {
        var target = exchange.Response;
        target.StatusCode = (int)response.StatusCode;
        target.ReasonPhrase = response.ReasonPhrase;
        var headers = target.Headers;
        try
        {
            var connection = response.Headers.NonValidated.TryGetValues("Connection", out var nominated)
                ? ToStringValues(nominated)
                : StringValues.Empty;
            CopyResponseHeaders(response.Headers.NonValidated, headers, connection);
            CopyResponseHeaders(response.Content.Headers.NonValidated, headers, connection);
        }
        catch (InvalidOperationException)
        {
            return false; // a control character in a field value: our server refuses to send it, rightly
        }

        // RFC 9110 §8.6: neither may carry Content-Length; some servers send 0 or more all the same.
        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.ResetContent)
        {
            headers.ContentLength = null;
        }

        return true;
    }

    private static void CopyResponseHeaders(
        System.Net.Http.Headers.HttpHeadersNonValidated source,
        IHeaderDictionary target,
        StringValues connection
    )
    {
        foreach (var (name, values) in source)
        {
            if (HeaderRules.ForwardsResponse(name, connection))
            {
                // One line each, as they came: Set-Cookie and its like must not be joined.
                target[name] = ToStringValues(values);
            }
        }
    }

    private static StringValues ToStringValues(System.Net.Http.Headers.HeaderStringValues values) =>
        values.Count == 1 ? values.ToString() : values.ToArray();

    // Trailers reach HTTP/2 clients; HTTP/1.1 clients did not ask for them (RFC 9110 §6.5.1 lets a recipient drop them).
    private static void CopyTrailers(Exchange exchange, HttpResponseMessage response)
    {
        if (exchange.Trailers is not { } trailers)
        {
            return;
        }

        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (HeaderRules.ForwardsResponse(name, StringValues.Empty))
            {
                trailers.Trailers[name] = ToStringValues(values);
            }
        }
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
            var challenges = Challenges.Of(
                metadata,
                route.Access.Oauth.Dpop,
                Challenges.InvalidToken,
                route.Access.Scopes.Base
            );
            await refusals.RefuseAsync(
                exchange,
                route.Name,
                Failures.TokenInvalid,
                "Its body outlived it.",
                challenges
            );
            return;
        }

        var (failure, detail) = exchange.Call?.LateFailure(deadline) is { } late ? (late, "") : Classify(e);
        await refusals.RefuseAsync(exchange, route.Name, failure, detail);
    }

    // The details are for the log alone; the caller learns the reason and nothing about addresses inside.
    private static (Failure Failure, string Detail) Classify(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case UpstreamException own:
                    return (own.Failure, own.Message);
                case AuthenticationException tls:
                    return (Failures.TlsFailed, tls.Message);
            }
        }

        return e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                Failures.TlsFailed,
                e.Message
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => (
                Failures.ConnectFailed,
                e.Message
            ),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
            } => (Failures.BadResponse, e.Message),

            // The handler's own connect timer: cancellation whose inside says timeout, before ours fired.
            OperationCanceledException { InnerException: TimeoutException } => (
                Failures.ConnectTimeout,
                e.InnerException.Message
            ),
            OperationCanceledException => (Failures.HeadersTimeout, "Stage: headers."),

            // The HTTP client looks a connection over when it is made; one that was reset by then has had no request.
            SocketException => (Failures.ConnectFailed, e.Message),
            _ => (Failures.Closed, e.Message),
        };
    }

    private void AbortAnswer(Exchange exchange, Route route, CopyFault fault)
    {
        if (exchange.ClientGone.IsCancellationRequested || fault.Side == CopySide.Client)
        {
            metrics.Aborted(route.Name);
            exchange.Abort();
            return;
        }

        metrics.BrokenOff(route.Name);
        Log.StreamFailed(logger, route.Name, "body", fault.Detail);
        exchange.BreakOff();
    }

    // RFC 9110 §9.2.2
    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method)
        || HttpMethods.IsHead(method)
        || HttpMethods.IsOptions(method)
        || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method);
}
