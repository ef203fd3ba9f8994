using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Answers clients with the program's messages, as JSON or events, or with the failure.</summary>
internal sealed class StdioReplies(StdioSettings settings, AgentMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly AnswerStop Stopped = new(IsBrokenOff: true);

    private readonly Refusals refusals = new(metrics, logger);

    private bool IsShared => settings.Sharing == ChildSharing.Shared;

    /// <summary>Answers a call. True if the program responded with a result.</summary>
    /// <param name="session">Null in the modern era.</param>
    public async Task<bool> AnswerAsync(StdioRequest request, RpcChannel channel, RpcCall call, StdioSession? session)
    {
        request.Exchange.ReleaseBody();

        // A shared program's call ends with its client, and no client resumes a session that fails to start. A call
        // that a rule limits ends with its exchange.
        var stream =
            session is null
            || IsShared
            || call.Method == McpMethods.Initialize
            || !request.AcceptsEvents
            || request.Exchange.IsBounded
                ? null
                : session.History.Begin(call, request.Exchange.EndsAt);
        using var reading = stream is null ? null : await stream.ReadAsync(request.Deadline.Token);
        var answer = Answer(request, session?.History, stream);
        var isOver = true;
        try
        {
            return await SendAsync(
                request,
                answer,
                call,
                session,
                request.Exchange.EndsAt,
                reading?.Token ?? request.Deadline.Token
            );
        }
        catch (OperationCanceledException)
        {
            if (reading is { IsReplaced: true })
            {
                isOver = false; // the client resumes it over another connection
            }
            else if (stream is not null && answer.HasStarted && request.IsClientGone)
            {
                isOver = false;
                metrics.Aborted(request.Route.Name);
                _ = StoreAsync(session!, stream, channel);
                request.Exchange.Abort();
            }
            else
            {
                await AbandonAsync(request, channel, call, answer, session);
            }

            return false;
        }
        finally
        {
            if (isOver)
            {
                session?.End(call);
            }

            if (isOver && stream is not null)
            {
                session!.History.End(stream);
            }
        }
    }

    /// <summary>Sends the messages that belong to no call; or the missed and later events of a stream (L6).</summary>
    public async Task ListenAsync(StdioRequest request, StdioSession session)
    {
        if (!request.AcceptsEvents)
        {
            await RefuseAsync(request, McpFailures.NotAcceptable);
            return;
        }

        var history = session.History;
        var (stream, seen, lastId) = (history.Listening, -1L, request.Headers[McpHeaders.LastEvent].ToString());
        if (lastId.Length > 0 && (stream = history.Find(lastId, out seen)) is null)
        {
            await RefuseAsync(request, McpFailures.EventUnknown);
            return;
        }

        using var reading = await stream.ReadAsync(request.Deadline.Token);

        // A complete answer can be replayed at any time, and later messages of the program are not part of it.
        var hasEnded = history.HasEnded(stream);
        var endsAt = hasEnded ? null : stream.EndsAt;
        if (endsAt is { } end)
        {
            request.Deadline.LimitTo(end);
        }

        if (stream.Call is { } taken)
        {
            taken.IsUnattended = false; // a replay may be slow
        }

        var answer = Answer(request, history, stream, lastId);
        try
        {
            await answer.OpenAsync(reading.Token);
            foreach (var (id, message) in seen >= 0 ? history.After(stream, seen) : [])
            {
                await answer.EventAsync(id, message, reading.Token);
            }

            if (stream.Call is { } call)
            {
                if (!hasEnded)
                {
                    await SendAsync(request, answer, call, session, endsAt, reading.Token);
                }
                else if (call.Failure is { } failure)
                {
                    await FailAsync(request, answer, call, failure);
                }
                else
                {
                    metrics.Forwarded(request.Route.Name, StatusCodes.Status200OK);
                }

                session.End(call);
                return;
            }

            while (await answer.NextAsync(session.Inbox, reading.Token) is { } message)
            {
                await answer.EventAsync(message, reading.Token);
            }
        }
        catch (OperationCanceledException)
        {
            if (stream.Call is not null && !hasEnded && !reading.IsReplaced)
            {
                _ = StoreAsync(session, stream, session.Own!);
            }

            if (request.IsClientGone)
            {
                throw;
            }

            // Another reader took over, or the stream or its token expired: the client reconnects (L7).
        }
        finally
        {
            session.Touch();
        }

        metrics.Forwarded(request.Route.Name, StatusCodes.Status200OK);
    }

    public async Task JsonAsync(StdioRequest request, int status, ReadOnlyMemory<byte> message) =>
        await Answer(request).JsonAsync(status, message, request.Deadline.Token);

    public async Task AcceptAsync(StdioRequest request)
    {
        // L3: no body and no type.
        var exchange = request.Exchange;
        exchange.Response.StatusCode = StatusCodes.Status202Accepted;
        exchange.Response.Headers.ContentLength = 0;
        metrics.Forwarded(request.Route.Name, StatusCodes.Status202Accepted);
        await exchange.ResponseBody.StartAsync(CancellationToken.None);
    }

    /// <summary>Answers a request whose time limit expired before it became a call.</summary>
    public async Task ExpireAsync(StdioRequest request)
    {
        if (!request.Exchange.TryStop(request.Deadline, Stopped))
        {
            await RefuseAsync(request, UpstreamFailures.HeadersTimeout);
        }
    }

    public Task RefuseAsync(StdioRequest request, Failure failure, ReadOnlyMemory<byte> id = default) =>
        refusals.RefuseAsync(request.Exchange, request.Route.Name, failure, id: id);

    // True if the program responded with a result. A waiting message is read even if the token is cancelled, so the
    // time is checked as well.
    private async Task<bool> SendAsync(
        StdioRequest request,
        EventAnswer answer,
        RpcCall call,
        StdioSession? session,
        DateTimeOffset? endsAt,
        CancellationToken cancellationToken
    )
    {
        while (await answer.NextAsync(call.Messages, cancellationToken) is { } message)
        {
            if (time.GetUtcNow() >= endsAt)
            {
                throw new OperationCanceledException("The rule's time limit has passed.");
            }

            if (!message.IsLast)
            {
                await answer.EventAsync(message, cancellationToken);
                continue;
            }

            if (message.ErrorCode is not null)
            {
                request.Failing?.Invoke();
            }

            var status = session is null ? McpEndpoint.ToStatusCode(message.ErrorCode) : StatusCodes.Status200OK;
            if (answer.HasStarted || !McpEndpoint.Accepts(request.Headers, "application/json"))
            {
                await answer.EventAsync(message, cancellationToken);
            }
            else
            {
                await answer.JsonAsync(status, message.Bytes, cancellationToken);
            }

            metrics.Forwarded(request.Route.Name, status);
            return message.ErrorCode is null;
        }

        if (call.Failure is { } failure)
        {
            await FailAsync(request, answer, call, failure);
        }
        else
        {
            answer.Start(); // a subscription that the server closed, or a stream that was complete
            metrics.Forwarded(request.Route.Name, StatusCodes.Status200OK);
        }

        return false;
    }

    private static async Task StoreAsync(StdioSession session, SessionStream stream, RpcChannel channel)
    {
        if (!await session.StoreAsync(stream))
        {
            channel.Cancel(stream.Call!, "The agent waits no longer.");
            session.History.End(stream);
            session.End(stream.Call!);
        }
    }

    // L8: a disconnect of a legacy client is not a cancellation, but in a shared program its calls would use up the
    // limit of all clients. A modern client's disconnect is one; so is an expired time limit or a refused response.
    private async Task AbandonAsync(
        StdioRequest request,
        RpcChannel channel,
        RpcCall call,
        EventAnswer answer,
        StdioSession? session
    )
    {
        request.Failing?.Invoke();
        var (exchange, deadline, route) = (request.Exchange, request.Deadline, request.Route.Name);
        if (exchange.AnswerFailure is not null && exchange.TryStop(deadline, Stopped))
        {
            channel.Cancel(call, "The response is refused.");
            return;
        }

        var isLate = time.GetUtcNow() >= exchange.EndsAt;
        if (request.IsClientGone || !(isLate || deadline.Token.IsCancellationRequested))
        {
            metrics.Aborted(route);
            if (session is null || IsShared)
            {
                channel.Cancel(call, "The client closed the stream.");
            }
            else
            {
                call.Abandon();
            }

            exchange.Abort();
            return;
        }

        channel.Cancel(call, "The agent waits no longer.");
        if (exchange.TryStop(deadline, Stopped))
        {
            return;
        }

        if (deadline.IsRevoked && !answer.HasStarted && exchange.MetadataUrl is { } metadata)
        {
            exchange.Response.Headers.Remove(McpHeaders.Session);
            await refusals.RefuseTokenAsync(exchange, request.Route, metadata, EndedToken.Revoked);
            return;
        }

        if (deadline.IsPastEnd)
        {
            metrics.BrokenOff(route);
            exchange.BreakOff();
            return;
        }

        await FailAsync(request, answer, call, UpstreamFailures.HeadersTimeout);
    }

    private async Task FailAsync(StdioRequest request, EventAnswer answer, RpcCall call, Failure failure)
    {
        request.Failing?.Invoke();
        if (!answer.HasStarted)
        {
            request.Exchange.Response.Headers.Remove(McpHeaders.Session);
            await RefuseAsync(request, failure);
            return;
        }

        metrics.BrokenOff(request.Route.Name);
        Log.StreamFailed(logger, request.Route.Name, "body", failure.Reason);
        await answer.EventAsync(
            "",
            RpcText.Error(call.Id.Span, RpcText.ServerError, failure.Message, failure),
            request.Exchange.ClientGone
        );
    }

    private EventAnswer Answer(
        StdioRequest request,
        SessionHistory? history = null,
        SessionStream? stream = null,
        string firstId = ""
    ) =>
        new(request.Exchange, request.Deadline, request.AcceptsEvents, settings.SseKeepAlive, time)
        {
            History = history,
            Stream = stream,
            FirstId = firstId.Length > 0 || stream is null ? firstId : history!.GetLastId(stream),
            Starting = () =>
            {
                if (request.Exchange.Principal is { } principal)
                {
                    request.Deadline.EndAt(principal.StreamsEndAt(request.Route.Access.Oauth.StreamGrace)); // A12
                }
                else
                {
                    request.Deadline.AwaitTransfer();
                }
            },
        };
}
