using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// Streamable HTTP towards the client, lines of JSON-RPC towards a program that the agent runs. Legacy clients have
/// sessions: a program each, or one for all. Modern clients have none: they share a program with other calls of the
/// same principal, or with everybody.
/// </summary>
internal sealed class StdioUpstream : Upstream
{
    // All request bodies that wait for a program.
    private const long MaxHeldBytes = 64 * 1024 * 1024;

    private readonly StdioSettings settings;
    private readonly AgentMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ChildPool pool;
    private readonly ChildSlot shared;
    private readonly ChildSlot[] probing;
    private readonly StdioProbe probe;
    private readonly RestartGuard starts;
    private readonly BodyReader bodies;
    private readonly ConcurrentDictionary<string, StdioSession> sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ChildSlot> modern = new(StringComparer.Ordinal);
    private readonly ITimer sweeper;
    private int inUse;

    public StdioUpstream(StdioSettings settings, AgentMetrics metrics, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
        bodies = new BodyReader(new BodyBudget(MaxHeldBytes), time);
        pool = new ChildPool(settings, time, logger);
        shared = new ChildSlot(pool, settings, time, TellAll);

        // Whoever probes must not take a caller's place.
        var spare = new ChildPool(settings with { MaxChildren = 2 }, time, logger);
        probing = IsShared ? [] : [new ChildSlot(spare, settings, time), new ChildSlot(spare, settings, time)];
        probe = IsShared
            ? new StdioProbe(shared, modern.GetOrAdd("", _ => new ChildSlot(pool, settings, time)))
            : new StdioProbe(probing[0], probing[1]);
        starts = new RestartGuard(settings with { RestartsOnFailure = true }, time);
        var pace = TimeSpan.FromTicks(
            Math.Clamp(settings.Idle.Ticks / 4, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute)
        );
        sweeper = time.CreateTimer(_ => Sweep(), null, pace, pace);
    }

    public override StdioSettings Settings => settings;

    /// <summary>Running programs.</summary>
    public int Children => pool.Running;

    public int Sessions => sessions.Count;

    private bool IsShared => settings.Sharing == ChildSharing.Shared;

    public override async Task ServeAsync(Exchange exchange, Route route, string host)
    {
        if (Interlocked.Increment(ref inUse) > settings.MaxCalls)
        {
            Interlocked.Decrement(ref inUse);
            await RefuseAsync(exchange, route, Failures.Busy);
            return;
        }

        try
        {
            using var deadline = new ExchangeDeadline(settings.Timeouts, time, exchange.ClientGone);
            if (exchange.Call is { EndsAt: { } end })
            {
                deadline.LimitTo(end);
            }

            await HandleAsync(exchange, route, deadline);
        }
        finally
        {
            Interlocked.Decrement(ref inUse);
        }
    }

    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        probe.RunAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        pool.Close();
        await sweeper.DisposeAsync();
        await Task.WhenAll(sessions.Values.Select(s => s.DisposeAsync().AsTask()));
        await Task.WhenAll(modern.Values.Append(shared).Concat(probing).Select(s => s.DisposeAsync().AsTask()));
    }

    private async Task HandleAsync(Exchange exchange, Route route, ExchangeDeadline deadline)
    {
        var method = exchange.Request.Method;
        var version = exchange.Request.Headers[StdioRequest.VersionHeader].ToString();
        if (
            !RequestTarget.TryGetOriginForm(exchange.Request.RawTarget, out var target)
            || !StdioRequest.IsEndpoint(target, settings.Path)
        )
        {
            await RefuseAsync(exchange, route, Failures.PathUnknown);
        }
        else if (version.Length > 0 && !StdioRequest.IsVersion(version))
        {
            await RefuseAsync(exchange, route, Failures.VersionUnreadable); // L9
        }
        else if (HttpMethods.IsPost(method))
        {
            await PostAsync(exchange, route, StdioRequest.IsModern(version), deadline);
        }
        else if (StdioRequest.IsModern(version) || !(HttpMethods.IsGet(method) || HttpMethods.IsDelete(method)))
        {
            await RefuseAsync(exchange, route, Failures.MethodNotAllowed); // M1
        }
        else if (await FindSessionAsync(exchange, route) is { } session)
        {
            if (HttpMethods.IsGet(method))
            {
                await ListenAsync(exchange, route, session, deadline);
            }
            else
            {
                await EndAsync(exchange, route, session);
            }
        }
    }

    private async Task PostAsync(Exchange exchange, Route route, bool saysModern, ExchangeDeadline deadline)
    {
        var headers = exchange.Request.Headers;
        if (!StdioRequest.Accepts(headers, "application/json") && !StdioRequest.Accepts(headers, "text/event-stream"))
        {
            await RefuseAsync(exchange, route, Failures.NotAcceptable);
            return;
        }

        if (await ReadBodyAsync(exchange) is { } failure)
        {
            await RefuseAsync(exchange, route, failure);
            return;
        }

        if (
            headers.ContentEncoding.Count > 0
            || !Operation.IsUtf8(headers.ContentType)
            || !JsonRpcMessage.TryRead(exchange.HeldBody!.Bytes, out var message)
        )
        {
            await RefuseAsync(exchange, route, Failures.MessageUnreadable);
            return;
        }

        deadline.AwaitHeaders();
        if (saysModern || (message.Version is { } inBody && StdioRequest.IsModern(inBody)))
        {
            await PostModernAsync(exchange, route, message, deadline);
        }
        else if (message is { Kind: MessageKind.Request, Method: "initialize" })
        {
            await InitializeAsync(exchange, route, message, deadline);
        }
        else if (await FindSessionAsync(exchange, route) is { } session)
        {
            await PostLegacyAsync(exchange, route, session, message, deadline);
        }
    }

    private async Task PostModernAsync(
        Exchange exchange,
        Route route,
        JsonRpcMessage message,
        ExchangeDeadline deadline
    )
    {
        if (message.Kind == MessageKind.Response)
        {
            await RefuseAsync(exchange, route, Failures.MessageUnreadable); // M1
            return;
        }

        if (StdioRequest.Contradiction(exchange.Request.Headers, message) is { } wrong)
        {
            metrics.Refused(route.Name, Failures.HeadersContradict.Reason);
            exchange.Response.Headers[HeaderRules.FailedHop] = Failures.HeadersContradict.HopName;
            exchange.Response.Headers[HeaderRules.Reason] = Failures.HeadersContradict.Reason;
            await Answer(exchange, deadline)
                .JsonAsync(
                    StatusCodes.Status400BadRequest,
                    RpcText.Error(message.Id.Span, RpcText.HeaderMismatch, wrong),
                    deadline.Token
                );
            return;
        }

        var owner = IsShared ? "" : OwnerOf(exchange);
        var slot = modern.GetOrAdd(owner, _ => new ChildSlot(pool, settings, time));
        var (channel, refusal) = await slot.GetAsync(null, deadline.Token);
        if (channel is null)
        {
            await RefuseAsync(exchange, route, refusal!);
            return;
        }

        if (message.Kind == MessageKind.Notification)
        {
            // The stream's end is how a modern client cancels (M1), so its ids mean nothing here.
            if (message.Method != "notifications/cancelled")
            {
                channel.TrySend(message.With());
            }

            await AcceptAsync(exchange, route);
            return;
        }

        var call = channel.TryBegin(message, TakesEvents(exchange), out refusal);
        if (call is null)
        {
            await RefuseAsync(exchange, route, refusal!);
            return;
        }

        message.Forget();
        await AnswerAsync(exchange, route, channel, call, deadline, isModern: true);
        slot.Touch();
    }

    private async Task InitializeAsync(
        Exchange exchange,
        Route route,
        JsonRpcMessage message,
        ExchangeDeadline deadline
    )
    {
        if (sessions.Count >= settings.MaxSessions)
        {
            await RefuseAsync(exchange, route, Failures.Busy);
            return;
        }

        var session = new StdioSession(NewId(), OwnerOf(exchange), settings.MaxMessageBytes, time);
        if (IsShared)
        {
            var version =
                message.OfferedVersion is { } offered && StdioRequest.IsVersion(offered)
                    ? offered
                    : StdioRequest.LastLegacy;
            var (common, why) = await shared.GetAsync(version, deadline.Token);
            if (common is null || shared.Initialized is not { } greeting)
            {
                await RefuseAsync(exchange, route, why ?? Failures.ChildExited);
                return;
            }

            Open(exchange, route, session);
            await Answer(exchange, deadline)
                .JsonAsync(StatusCodes.Status200OK, greeting.With((greeting.Id, message.Id)), deadline.Token);
            metrics.Forwarded(route.Name, StatusCodes.Status200OK);
            return;
        }

        if (starts.Check() is { } wait)
        {
            await RefuseAsync(exchange, route, wait);
            return;
        }

        if (pool.TryStart(session, out var refusal) is not { } channel)
        {
            await RefuseAsync(exchange, route, refusal!);
            return;
        }

        session.Use(channel);
        var call = channel.TryBegin(message, TakesEvents(exchange), out refusal, session.Begin);
        if (call is null)
        {
            await session.DisposeAsync();
            await RefuseAsync(exchange, route, refusal!);
            return;
        }

        message.Forget();
        Open(exchange, route, session);
        var isGood = await AnswerAsync(exchange, route, channel, call, deadline, isModern: false, session);
        session.End(call);
        if (isGood)
        {
            starts.Succeeded();
            return;
        }

        await CloseAsync(session, route);
        if (session.FailedAtStart)
        {
            starts.Failed(TimeSpan.Zero);
        }
    }

    private async Task PostLegacyAsync(
        Exchange exchange,
        Route route,
        StdioSession session,
        JsonRpcMessage message,
        ExchangeDeadline deadline
    )
    {
        session.Touch();
        var channel = session.Own;
        if (channel is null)
        {
            (channel, var why) = await shared.GetAsync(StdioRequest.LastLegacy, deadline.Token);
            if (channel is null)
            {
                await RefuseAsync(exchange, route, why!);
                return;
            }
        }

        switch (message.Kind)
        {
            case MessageKind.Response:
                if (session.TryAnswer(message))
                {
                    channel.TrySend(message.With());
                }

                await AcceptAsync(exchange, route);
                break;
            case MessageKind.Notification:
                Notify(session, channel, message);
                await AcceptAsync(exchange, route);
                break;
            default:
                var call = channel.TryBegin(message, TakesEvents(exchange), out var refusal, session.Begin);
                if (call is null)
                {
                    await RefuseAsync(exchange, route, refusal!);
                    return;
                }

                message.Forget();
                await AnswerAsync(exchange, route, channel, call, deadline, isModern: false, session);
                break;
        }
    }

    // A shared program has been greeted by the agent, and knows nothing of what one client's roots are.
    private void Notify(StdioSession session, RpcChannel channel, JsonRpcMessage message)
    {
        if (message.Method == "notifications/cancelled")
        {
            if (channel.Find(message.Cancelled, session.Has) is { } call)
            {
                call.Messages.Force(
                    new QueuedMessage(RpcText.Error(call.Id.Span, RpcText.RequestCancelled, "Cancelled."), IsLast: true)
                );
                channel.Cancel(call, "The client cancelled the request.");
            }
        }
        else if (!IsShared)
        {
            channel.TrySend(message.With());
        }
    }

    private async Task ListenAsync(Exchange exchange, Route route, StdioSession session, ExchangeDeadline deadline)
    {
        if (!StdioRequest.Accepts(exchange.Request.Headers, "text/event-stream"))
        {
            await RefuseAsync(exchange, route, Failures.NotAcceptable);
            return;
        }

        var listening = session.Listen(deadline.Token);
        var answer = Answer(exchange, deadline, route);
        try
        {
            await answer.OpenAsync(listening.Token);
            while (await answer.NextAsync(session.Inbox, listening.Token) is { } message)
            {
                await answer.EventAsync(message.Bytes, listening.Token);
            }
        }
        catch (OperationCanceledException) when (!exchange.ClientGone.IsCancellationRequested)
        {
            // Another stream took over, it was silent for too long, or its token ended: a clean end, and the client
            // comes again (L7).
        }
        finally
        {
            session.Leave(listening);
        }

        metrics.Forwarded(route.Name, StatusCodes.Status200OK);
    }

    private async Task EndAsync(Exchange exchange, Route route, StdioSession session)
    {
        await CloseAsync(session, route);
        exchange.Response.StatusCode = StatusCodes.Status200OK;
        exchange.Response.Headers.ContentLength = 0;
        metrics.Forwarded(route.Name, StatusCodes.Status200OK);
    }

    // True: the program answered with a result.
    private async Task<bool> AnswerAsync(
        Exchange exchange,
        Route route,
        RpcChannel channel,
        RpcCall call,
        ExchangeDeadline deadline,
        bool isModern,
        StdioSession? session = null
    )
    {
        exchange.ReleaseBody();
        var answer = Answer(exchange, deadline, route);
        try
        {
            while (await answer.NextAsync(call.Messages, deadline.Token) is { } message)
            {
                if (!message.IsLast)
                {
                    await answer.EventAsync(message.Bytes, deadline.Token);
                    continue;
                }

                var status = isModern ? StdioRequest.StatusOf(message.ErrorCode) : StatusCodes.Status200OK;
                if (answer.HasStarted || !StdioRequest.Accepts(exchange.Request.Headers, "application/json"))
                {
                    await answer.EventAsync(message.Bytes, deadline.Token);
                }
                else
                {
                    await answer.JsonAsync(status, message.Bytes, deadline.Token);
                }

                metrics.Forwarded(route.Name, status);
                return message.ErrorCode is null;
            }

            if (call.Failure is { } failure)
            {
                await FailAsync(exchange, route, answer, call, failure);
            }
            else
            {
                answer.Start(); // a subscription that the server has ended
                metrics.Forwarded(route.Name, StatusCodes.Status200OK);
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            await GiveUpAsync(exchange, route, channel, call, deadline, answer, isModern);
            return false;
        }
        finally
        {
            session?.End(call);
        }
    }

    // L8: a legacy client that leaves has not cancelled; but in a shared program its calls would take everybody's places.
    // A modern one has cancelled, and so has the agent when it waits no more or the policy refuses the answer.
    private async Task GiveUpAsync(
        Exchange exchange,
        Route route,
        RpcChannel channel,
        RpcCall call,
        ExchangeDeadline deadline,
        EventAnswer answer,
        bool isModern
    )
    {
        if (exchange.Call is { Filter.Failure: not null } over && !exchange.ClientGone.IsCancellationRequested)
        {
            channel.Cancel(call, "The answer is refused.");
            if (await over.TryExplainAsync(exchange, deadline) is { } refused)
            {
                metrics.Refused(route.Name, refused.Reason);
                return;
            }

            metrics.BrokenOff(route.Name);
            exchange.BreakOff();
            return;
        }

        if (exchange.ClientGone.IsCancellationRequested || !deadline.Token.IsCancellationRequested)
        {
            metrics.Aborted(route.Name);
            if (isModern || IsShared)
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
        if (exchange.Call is { } judged && await judged.TryExplainAsync(exchange, deadline) is { } explained)
        {
            metrics.Refused(route.Name, explained.Reason);
            return;
        }

        if (deadline.IsPastEnd)
        {
            metrics.BrokenOff(route.Name);
            exchange.BreakOff();
            return;
        }

        await FailAsync(exchange, route, answer, call, Failures.HeadersTimeout);
    }

    private async Task FailAsync(Exchange exchange, Route route, EventAnswer answer, RpcCall call, Failure failure)
    {
        if (!answer.HasStarted)
        {
            exchange.Response.Headers.Remove(AuthorizationGate.SessionHeader);
            await RefuseAsync(exchange, route, failure);
            return;
        }

        metrics.BrokenOff(route.Name);
        Log.StreamFailed(logger, route.Name, "body", failure.Reason);
        await answer.EventAsync(
            RpcText.Error(call.Id.Span, RpcText.ServerError, failure.Message, failure),
            exchange.ClientGone
        );
    }

    // Null after a refusal. L4: without an id 400, unknown, over or somebody else's 404.
    private async Task<StdioSession?> FindSessionAsync(Exchange exchange, Route route)
    {
        var id = exchange.Request.Headers[AuthorizationGate.SessionHeader].ToString();
        if (id.Length == 0)
        {
            await RefuseAsync(exchange, route, Failures.SessionMissing);
            return null;
        }

        if (
            sessions.TryGetValue(id, out var session)
            && session.Owner == OwnerOf(exchange)
            && !session.Over.IsCompleted
        )
        {
            return session;
        }

        await RefuseAsync(exchange, route, Failures.SessionUnknown);
        return null;
    }

    private void Open(Exchange exchange, Route route, StdioSession session)
    {
        sessions[session.Id] = session;
        exchange.Response.Headers[AuthorizationGate.SessionHeader] = session.Id;
        if (exchange.Principal is { } principal)
        {
            route.Access.Sessions.Bind(session.Id, principal);
        }

        _ = ForgetAsync(session, route);
    }

    private async Task ForgetAsync(StdioSession session, Route route)
    {
        await session.Over;
        sessions.TryRemove(session.Id, out _);
        route.Access.Sessions.Forget(session.Id);
    }

    private async Task CloseAsync(StdioSession session, Route route)
    {
        sessions.TryRemove(session.Id, out _);
        route.Access.Sessions.Forget(session.Id);
        await session.DisposeAsync();
    }

    private void TellAll(JsonRpcMessage message)
    {
        foreach (var session in sessions.Values)
        {
            session.Inbox.AddDroppingOldest(new QueuedMessage(message.Bytes));
        }
    }

    // Ends what nobody has used for the idle time.
    private void Sweep()
    {
        foreach (var session in sessions.Values.Where(s => s.IsIdle(settings.Idle)))
        {
            Log.ChildIdle(logger, settings.Command[0]);
            _ = session.DisposeAsync().AsTask();
        }

        foreach (var (owner, slot) in modern)
        {
            if (
                slot.IdleSince is { } since
                && time.GetUtcNow() - since >= settings.Idle
                && modern.TryRemove(owner, out _)
            )
            {
                _ = slot.DisposeAsync().AsTask();
            }
        }
    }

    private async Task<Failure?> ReadBodyAsync(Exchange exchange)
    {
        var limit = Math.Min(settings.MaxMessageBytes, settings.MaxRequestBytes ?? long.MaxValue);
        if (exchange.HeldBody is { } whole)
        {
            return whole.IsComplete && whole.Bytes.Length <= limit ? null : Failures.RequestTooLarge;
        }

        if (exchange.Request.Headers.ContentLength > limit)
        {
            return Failures.RequestTooLarge;
        }

        return await bodies.ReadAsync(exchange, limit, settings.Timeouts.StreamIdle) switch
        {
            BodyOutcome.Complete => null,
            BodyOutcome.TooLarge => Failures.RequestTooLarge,
            BodyOutcome.Crowded => Failures.BodiesCrowded,
            _ => Failures.MessageUnreadable,
        };
    }

    private EventAnswer Answer(Exchange exchange, ExchangeDeadline deadline, Route? route = null) =>
        new(exchange, deadline, TakesEvents(exchange), settings.SseKeepAlive, time)
        {
            Starting = () =>
            {
                if (exchange.Principal is { } principal)
                {
                    deadline.EndAt(principal.EndsAt + (route?.Access.Oauth.StreamGrace ?? TimeSpan.Zero)); // A12
                }
                else
                {
                    deadline.AwaitTransfer();
                }
            },
        };

    private static bool TakesEvents(Exchange exchange) =>
        StdioRequest.Accepts(exchange.Request.Headers, "text/event-stream");

    private async Task AcceptAsync(Exchange exchange, Route route)
    {
        // L3: no body and no type.
        exchange.Response.StatusCode = StatusCodes.Status202Accepted;
        exchange.Response.Headers.ContentLength = 0;
        metrics.Forwarded(route.Name, StatusCodes.Status202Accepted);
        await exchange.ResponseBody.StartAsync(CancellationToken.None);
    }

    private Task RefuseAsync(Exchange exchange, Route route, Failure failure)
    {
        exchange.ReleaseBody();
        var requestId = RequestIds.Next();
        metrics.Refused(route.Name, failure.Reason);
        Log.RequestFailed(logger, requestId, route.Name, failure.Reason, failure.HopName, "");
        return OwnAnswer.WriteAsync(exchange, failure, requestId);
    }

    private static string OwnerOf(Exchange exchange) => exchange.Principal?.Identity ?? "";

    // 128 bits and more: nobody guesses a session (P8 binds it to its principal besides).
    private static string NewId() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
