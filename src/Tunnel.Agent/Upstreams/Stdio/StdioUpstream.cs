using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
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
    private readonly ChildPool pool;
    private readonly ChildAllocator children;
    private readonly ChildSlot shared;
    private readonly ChildSlot[] probing;
    private readonly StdioProbe probe;
    private readonly RestartGuard starts;
    private readonly BodyReader bodies;
    private readonly StdioSessions sessions;
    private readonly StdioReplies replies;
    private readonly ITimer sweeper;
    private readonly Places places;

    public StdioUpstream(StdioSettings settings, AgentMetrics metrics, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        places = new Places(settings.MaxCalls);
        this.metrics = metrics;
        this.time = time;
        bodies = new BodyReader(new BodyBudget(MaxHeldBytes), time);
        sessions = new StdioSessions(settings, time, logger);
        replies = new StdioReplies(settings, metrics, time, logger);
        pool = new ChildPool(settings, time, logger);
        children = new ChildAllocator(settings, time, pool, sessions);
        shared = new ChildSlot(pool, settings, time, sessions.TellAll);

        // Whoever probes must not take a caller's place.
        var spare = new ChildPool(settings with { MaxChildren = 2 }, time, logger);
        probing = IsShared ? [] : [new ChildSlot(spare, settings, time), new ChildSlot(spare, settings, time)];
        probe = IsShared
            ? new StdioProbe(
                cancel => shared.GetAsync(ProbeMessages.Legacy, cancel),
                cancel => children.GetAsync("", cancel)
            )
            : new StdioProbe(
                cancel => probing[0].GetAsync(ProbeMessages.Legacy, cancel),
                cancel => probing[1].GetAsync(null, cancel)
            );
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
        using var deadline = new ExchangeDeadline(settings.Timeouts, time, exchange.ClientGone, Use.Over);
        var turn = new StdioTurn(exchange, route, deadline);
        var client = ClientKey.Of(exchange);
        if (!places.TryEnter(client))
        {
            await replies.RefuseAsync(turn, UpstreamFailures.Busy);
            return;
        }

        try
        {
            if (exchange.Call is { EndsAt: { } end })
            {
                deadline.LimitTo(end);
            }

            await HandleAsync(turn);
        }
        catch (OperationCanceledException) when (!turn.IsClientGone && !exchange.Response.HasStarted)
        {
            await replies.ExpireAsync(turn); // while the program was being started
        }
        finally
        {
            places.Leave(client);
        }
    }

    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        probe.RunAsync(cancellationToken);

    // A shared program is answered before anybody is asked.
    public override void RefuseAsk(Exchange exchange, Route route, ReadOnlyMemory<byte> id)
    {
        var session = sessions.Get(SessionBinding.IdOf(exchange));
        if (session is { Own: { } program } && session.TryAnswer(id))
        {
            program.TrySend(
                RpcText.Error(id.Span, RpcText.MethodNotFound, "The route's policy does not pass this request on.")
            );
        }
    }

    protected override async ValueTask EndAsync()
    {
        pool.Close();
        await sweeper.DisposeAsync();
        await sessions.EndAllAsync();
        await Task.WhenAll(children.Slots.Append(shared).Concat(probing).Select(s => s.DisposeAsync().AsTask()));
    }

    private async Task HandleAsync(StdioTurn turn)
    {
        var method = turn.Exchange.Request.Method;
        var version = turn.Headers[McpHeaders.ProtocolVersion].ToString();
        if (
            !RequestTarget.TryGetOriginForm(turn.Exchange.Request.RawTarget, out var target)
            || !McpEndpoint.IsEndpoint(target, settings.Path)
        )
        {
            await replies.RefuseAsync(turn, McpFailures.PathUnknown);
        }
        else if (HttpMethods.IsPost(method))
        {
            await PostAsync(turn, version);
        }
        else if (version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await replies.RefuseAsync(turn, McpFailures.VersionUnreadable); // L9
        }
        else if (McpRevision.IsModern(version) || !(HttpMethods.IsGet(method) || HttpMethods.IsDelete(method)))
        {
            await replies.RefuseAsync(turn, McpFailures.MethodNotAllowed); // M1
        }
        else if (sessions.Find(turn, out var refusal) is not { } session)
        {
            await replies.RefuseAsync(turn, refusal!);
        }
        else if (HttpMethods.IsGet(method))
        {
            await replies.ListenAsync(turn, session);
        }
        else
        {
            await sessions.CloseAsync(session);
            turn.Exchange.Response.StatusCode = StatusCodes.Status200OK;
            turn.Exchange.Response.Headers.ContentLength = 0;
            metrics.Forwarded(turn.Route.Name, StatusCodes.Status200OK);
        }
    }

    private async Task PostAsync(StdioTurn turn, string version)
    {
        var headers = turn.Headers;
        if (!McpEndpoint.Accepts(headers, "application/json") && !turn.TakesEvents)
        {
            await replies.RefuseAsync(turn, McpFailures.NotAcceptable);
            return;
        }

        if (await ReadBodyAsync(turn.Exchange) is { } failure)
        {
            await replies.RefuseAsync(turn, failure);
            return;
        }

        if (McpEndpoint.ReadMessage(turn.Exchange) is not { } message)
        {
            await replies.RefuseAsync(turn, McpFailures.MessageUnreadable);
            return;
        }

        turn.Deadline.AwaitHeaders();
        var head = MessageHead.Read(headers, message);
        if (head.IsModern)
        {
            await PostModernAsync(turn, message, head);
        }
        else if (version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await replies.RefuseAsync(turn, McpFailures.VersionUnreadable); // L9
        }
        else if (message is { Kind: MessageKind.Request, Method: McpMethods.Initialize })
        {
            await InitializeAsync(turn, message);
        }
        else if (sessions.Find(turn, out var refusal) is { } session)
        {
            await PostLegacyAsync(turn, session, message);
        }
        else
        {
            await replies.RefuseAsync(turn, refusal!);
        }
    }

    private async Task PostModernAsync(StdioTurn turn, McpMessage message, MessageHead head)
    {
        if (message.Kind == MessageKind.Response)
        {
            await replies.RefuseAsync(turn, McpFailures.MessageUnreadable); // M1
            return;
        }

        if (McpEndpoint.FindFailure(head, message) is { } wrong)
        {
            await replies.RefuseAsync(turn, wrong, message.Id);
            return;
        }

        // The stream's end is how a modern client cancels (M1), so its ids mean nothing here. A program, which sees no
        // headers, would take a notification without a version as the beginning of an older client's session.
        if (
            message.Kind == MessageKind.Notification
            && (message.Version is null || message.Method == McpMethods.Cancelled)
        )
        {
            await replies.AcceptAsync(turn);
            return;
        }

        var owner = IsShared ? "" : turn.Owner;
        var (channel, refusal) = await children.GetAsync(owner, turn.Deadline.Token, canMakeRoom: true);
        refusal ??= RefusalOfVersion(channel!, message);
        if (refusal is not null)
        {
            await replies.RefuseAsync(turn, refusal, message.Id);
            return;
        }

        if (message.Kind == MessageKind.Notification)
        {
            channel!.TrySend(message.With());
            await replies.AcceptAsync(turn);
            return;
        }

        var call = channel!.TryBegin(message, turn.TakesEvents, out refusal);
        if (call is null)
        {
            await replies.RefuseAsync(turn, refusal!);
            return;
        }

        message.Forget();
        await replies.AnswerAsync(turn, channel, call, isModern: true);
        children.Touch(owner);
    }

    // A program that does not know server/discover speaks no modern revision (M3). What it answers to that is how clients
    // learn to begin with initialize.
    private static Failure? RefusalOfVersion(RpcChannel channel, McpMessage message)
    {
        var isSpoken =
            channel.Versions.Count == 0
                ? message.Method == McpMethods.Discover
                : McpRevision.IsModern(message.Version!) && channel.Versions.Contains(message.Version!);
        return isSpoken
            ? null
            : McpFailures.VersionUnsupported with
            {
                Versions = new VersionsOffered(
                    channel.Versions.Count == 0 ? [McpRevision.LastLegacy] : channel.Versions,
                    message.Version!
                ),
            };
    }

    private async Task InitializeAsync(StdioTurn turn, McpMessage message)
    {
        if (sessions.Count >= settings.MaxSessions)
        {
            await replies.RefuseAsync(turn, UpstreamFailures.Busy);
            return;
        }

        var session = sessions.New(turn.Owner);
        if (IsShared)
        {
            var version =
                message.OfferedVersion is { } offered && McpRevision.IsRevision(offered)
                    ? offered
                    : McpRevision.LastLegacy;
            var (common, why) = await shared.GetAsync(version, turn.Deadline.Token);
            if (common is null || shared.Initialized is not { } greeting)
            {
                await replies.RefuseAsync(turn, why ?? ChildFailures.ChildExited);
                return;
            }

            sessions.Open(turn, session);
            await replies.JsonAsync(turn, StatusCodes.Status200OK, greeting.With((greeting.Id, message.Id)));
            metrics.Forwarded(turn.Route.Name, StatusCodes.Status200OK);
            return;
        }

        if (starts.Check() is { } wait)
        {
            await replies.RefuseAsync(turn, wait);
            return;
        }

        var (channel, refusal) = await children.StartAsync(session);
        if (channel is null)
        {
            await replies.RefuseAsync(turn, refusal!);
            return;
        }

        session.Use(channel);
        var call = channel.TryBegin(message, turn.TakesEvents, out refusal, session.Begin);
        if (call is null)
        {
            await session.DisposeAsync();
            await replies.RefuseAsync(turn, refusal!);
            return;
        }

        message.Forget();
        sessions.Open(turn, session);
        var isGood = await replies.AnswerAsync(turn, channel, call, isModern: false, session);
        session.End(call);
        if (isGood)
        {
            starts.Succeeded();
            return;
        }

        await sessions.CloseAsync(session);
        if (session.FailedAtStart)
        {
            starts.Failed(TimeSpan.Zero);
        }
    }

    private async Task PostLegacyAsync(StdioTurn turn, StdioSession session, McpMessage message)
    {
        session.Touch();
        var channel = session.Own;
        if (channel is null)
        {
            (channel, var why) = await shared.GetAsync(McpRevision.LastLegacy, turn.Deadline.Token);
            if (channel is null)
            {
                await replies.RefuseAsync(turn, why!);
                return;
            }
        }

        switch (message.Kind)
        {
            case MessageKind.Response:
                if (session.TryAnswer(message.Id))
                {
                    channel.TrySend(message.With());
                }

                await replies.AcceptAsync(turn);
                break;
            case MessageKind.Notification:
                Notify(session, channel, message);
                await replies.AcceptAsync(turn);
                break;
            default:
                var call = channel.TryBegin(message, turn.TakesEvents, out var refusal, session.Begin);
                if (call is null)
                {
                    await replies.RefuseAsync(turn, refusal!);
                    return;
                }

                message.Forget();
                await replies.AnswerAsync(turn, channel, call, isModern: false, session);
                break;
        }
    }

    // A shared program has been greeted by the agent, and knows nothing of what one client's roots are.
    private void Notify(StdioSession session, RpcChannel channel, McpMessage message)
    {
        if (message.Method == McpMethods.Cancelled)
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

    // Ends what nobody has used for the idle time.
    private void Sweep()
    {
        sessions.Sweep();
        children.Sweep();
    }

    private ValueTask<Failure?> ReadBodyAsync(Exchange exchange) =>
        bodies.HoldAsync(
            exchange,
            Math.Min(settings.MaxMessageBytes, settings.MaxRequestBytes ?? long.MaxValue),
            settings.Timeouts.StreamIdle,
            RequestFailures.RequestTooLarge,
            McpFailures.MessageUnreadable
        );
}
