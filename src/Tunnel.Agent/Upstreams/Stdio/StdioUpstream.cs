using Culvert.Platform.Mcp;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// Streamable HTTP for clients, JSON-RPC lines for programs. Legacy clients have sessions, each with its own program or
/// all with a shared one. Modern clients have none: their calls share a program with other calls of the same principal,
/// or with all calls.
/// </summary>
internal sealed class StdioUpstream : Upstream
{
    private readonly StdioSettings settings;
    private readonly AgentMetrics metrics;
    private readonly TimeProvider time;
    private readonly ChildPool pool;
    private readonly ChildAllocator children;
    private readonly ChildSlot shared;
    private readonly ChildSlot[] probing;
    private readonly ServerProbe probe;
    private readonly RestartGuard starts;
    private readonly StdioSessions sessions;
    private readonly StdioReplies replies;
    private readonly ITimer sweeper;
    private readonly ConcurrencyLimit concurrency;

    public StdioUpstream(StdioSettings settings, AgentMetrics metrics, TimeProvider time, ILogger logger)
    {
        this.settings = settings;
        concurrency = new ConcurrencyLimit(settings.MaxCalls);
        this.metrics = metrics;
        this.time = time;
        sessions = new StdioSessions(settings, time, logger);
        replies = new StdioReplies(settings, metrics, time, logger);
        pool = new ChildPool(settings, time, logger);
        children = new ChildAllocator(settings, time, pool, sessions);
        shared = new ChildSlot(pool, settings, time, sessions.NotifyAll);

        // A probe must not use up the limit for callers.
        var spare = new ChildPool(settings with { MaxChildren = 2 }, time, logger);
        probing = IsShared ? [] : [new ChildSlot(spare, settings, time), new ChildSlot(spare, settings, time)];
        probe = new ServerProbe(this, modernFirst: false);
        starts = new RestartGuard(settings with { RestartsOnFailure = true }, time);
        var pace = TimeSpan.FromTicks(
            Math.Clamp(settings.Idle.Ticks / 4, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute)
        );
        sweeper = time.CreateTimer(_ => Sweep(), null, pace, pace);
    }

    public override StdioSettings Settings => settings;

    public int Children => pool.Running;

    public int Sessions => sessions.Count;

    private bool IsShared => settings.Sharing == ChildSharing.Shared;

    public override async Task ServeAsync(Exchange exchange, Route route, string host)
    {
        using var deadline = new ExchangeDeadline(settings.Timeouts, time, exchange.ClientGone, Use.Over);
        deadline.Watch(exchange);
        var request = new StdioRequest(exchange, route, deadline);
        var client = ClientKey.From(exchange);
        if (!concurrency.TryEnter(client))
        {
            await replies.RefuseAsync(request, UpstreamFailures.Busy);
            return;
        }

        try
        {
            if (exchange.EndsAt is { } end)
            {
                deadline.LimitTo(end);
            }

            await HandleAsync(request);
        }
        catch (OperationCanceledException) when (!request.IsClientGone && !exchange.Response.HasStarted)
        {
            await replies.ExpireAsync(request); // the program was still starting
        }
        finally
        {
            concurrency.Release(client);
        }
    }

    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        probe.RunAsync(route, cancellationToken);

    public override async Task<McpSession> OpenSessionAsync(
        Route route,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        var greeted = IsShared ? shared : probing[0];
        var (channel, refusal) =
            !isModern ? await greeted.GetAsync(McpRevision.LastLegacy, cancellationToken)
            : IsShared ? await children.GetAsync("", null, cancellationToken)
            : await probing[1].GetAsync(null, cancellationToken);
        return channel is not null
            ? new McpSession(
                new ProgramTransport(channel, isModern ? null : greeted.Initialized),
                OwnRequests.Name,
                isModern
            )
            : throw new CrawlException(refusal!.Message);
    }

    // Requests of a shared program are refused before they reach a client.
    public override void RefuseServerRequest(Exchange exchange, Route route, ReadOnlyMemory<byte> id)
    {
        var session = sessions.Get(SessionBinding.GetId(exchange));
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

    private async Task HandleAsync(StdioRequest request)
    {
        var method = request.Exchange.Request.Method;
        var version = request.Headers[McpHeaders.ProtocolVersion].ToString();
        if (!McpEndpoint.IsEndpoint(request.Exchange.Target, settings.Path))
        {
            await replies.RefuseAsync(request, McpFailures.PathUnknown);
        }
        else if (HttpMethods.IsPost(method))
        {
            await PostAsync(request, version);
        }
        else if (version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await replies.RefuseAsync(request, McpFailures.VersionUnreadable); // L9
        }
        else if (McpRevision.IsModern(version) || !(HttpMethods.IsGet(method) || HttpMethods.IsDelete(method)))
        {
            await replies.RefuseAsync(request, McpFailures.MethodNotAllowed); // M1
        }
        else if (sessions.Find(request, out var refusal) is not { } session)
        {
            await replies.RefuseAsync(request, refusal!);
        }
        else if (HttpMethods.IsGet(method))
        {
            await replies.ListenAsync(request, session);
        }
        else
        {
            await sessions.CloseAsync(session);
            request.Exchange.Response.StatusCode = StatusCodes.Status200OK;
            request.Exchange.Response.Headers.ContentLength = 0;
            metrics.Forwarded(request.Route.Name, StatusCodes.Status200OK);
        }
    }

    private async Task PostAsync(StdioRequest request, string version)
    {
        var maxBytes = Math.Min(settings.MaxMessageBytes, settings.MaxRequestBytes ?? long.MaxValue);
        if (
            await McpEndpoint.ReadMessageAsync(
                request.Exchange,
                maxBytes,
                settings.Timeouts.StreamIdle,
                request.AcceptsEvents
            ) is
            { } failure
        )
        {
            await replies.RefuseAsync(request, failure);
            return;
        }

        request.Deadline.AwaitHeaders();
        var message = request.Exchange.Message!;
        var head = MessageHead.Read(request.Headers, message);
        if (head.IsModern)
        {
            await PostModernAsync(request, message, head);
        }
        else if (version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await replies.RefuseAsync(request, McpFailures.VersionUnreadable); // L9
        }
        else if (message is { Kind: MessageKind.Request, Method: McpMethods.Initialize })
        {
            await InitializeAsync(request, message);
        }
        else if (sessions.Find(request, out var refusal) is { } session)
        {
            await PostLegacyAsync(request, session, message);
        }
        else
        {
            await replies.RefuseAsync(request, refusal!);
        }
    }

    private async Task PostModernAsync(StdioRequest request, McpMessage message, MessageHead head)
    {
        if (message.Kind == MessageKind.Response)
        {
            await replies.RefuseAsync(request, McpFailures.MessageUnreadable); // M1
            return;
        }

        if (McpEndpoint.FindFailure(head, message) is { } wrong)
        {
            await replies.RefuseAsync(request, wrong, message.Id);
            return;
        }

        // A modern client cancels by closing the stream (M1), so the ids of its cancellations have no meaning here. To
        // a program, which sees no headers, a notification without a version would start a legacy session.
        if (
            message.Kind == MessageKind.Notification
            && (message.Version is null || message.Method == McpMethods.Cancelled)
        )
        {
            await replies.AcceptAsync(request);
            return;
        }

        var owner = IsShared ? "" : request.Owner;
        var (channel, refusal) = await children.GetAsync(owner, request.Person, request.Deadline.Token);
        refusal ??= channel!.FindVersionFailure(message);
        if (refusal is not null)
        {
            await replies.RefuseAsync(request, refusal, message.Id);
            return;
        }

        if (message.Kind == MessageKind.Notification)
        {
            await AcceptAsync(request, channel!.TrySend(message.With()));
            return;
        }

        var call = channel!.TryBegin(message, request.AcceptsEvents, out refusal);
        if (call is null)
        {
            await replies.RefuseAsync(request, refusal!);
            return;
        }

        message.Forget();
        await replies.AnswerAsync(request, channel, call, session: null);
        children.Touch(owner);
    }

    private async Task InitializeAsync(StdioRequest request, McpMessage message)
    {
        if (sessions.Count >= settings.MaxSessions)
        {
            await replies.RefuseAsync(request, UpstreamFailures.Busy);
            return;
        }

        var session = sessions.New(request);
        if (IsShared)
        {
            var version =
                message.OfferedVersion is { } offered && McpRevision.IsRevision(offered)
                    ? offered
                    : McpRevision.LastLegacy;
            var (common, why) = await shared.GetAsync(version, request.Deadline.Token);
            if (common is null || shared.Initialized is not { } greeting)
            {
                await replies.RefuseAsync(request, why ?? ChildFailures.ChildExited);
                return;
            }

            sessions.Open(request, session);
            await replies.JsonAsync(request, StatusCodes.Status200OK, greeting.With((greeting.Id, message.Id)));
            metrics.Forwarded(request.Route.Name, StatusCodes.Status200OK);
            return;
        }

        if (starts.Check() is { } wait)
        {
            await replies.RefuseAsync(request, wait);
            return;
        }

        var (channel, refusal) = await children.StartAsync(session);
        if (channel is null)
        {
            await replies.RefuseAsync(request, refusal!);
            return;
        }

        session.Use(channel);
        var call = channel.TryBegin(message, request.AcceptsEvents, out refusal, session.Begin);
        if (call is null)
        {
            starts.Failed(TimeSpan.Zero); // the program ended before the message could be sent
            await session.DisposeAsync();
            await replies.RefuseAsync(request, refusal!);
            return;
        }

        message.Forget();
        sessions.Open(request, session);
        var answered = request with { Failing = () => Abandon(session) };
        var isGood = await replies.AnswerAsync(answered, channel, call, session);
        session.End(call);
        if (isGood)
        {
            starts.Succeeded();
            return;
        }

        Abandon(session);
        await sessions.CloseAsync(session);
    }

    // Called before the client learns of the failure, because it may retry at once.
    private void Abandon(StdioSession session)
    {
        sessions.Forget(session);
        if (session.TryTakeStartFailure())
        {
            starts.Failed(TimeSpan.Zero);
        }
    }

    private async Task PostLegacyAsync(StdioRequest request, StdioSession session, McpMessage message)
    {
        session.Touch();
        var channel = session.Own;
        if (channel is null)
        {
            (channel, var why) = await shared.GetAsync(McpRevision.LastLegacy, request.Deadline.Token);
            if (channel is null)
            {
                await replies.RefuseAsync(request, why!);
                return;
            }
        }

        switch (message.Kind)
        {
            case MessageKind.Response:
                await AcceptAsync(request, session.TryPassAnswer(channel, message));
                break;
            case MessageKind.Notification:
                await AcceptAsync(request, TryNotify(session, channel, message));
                break;
            default:
                var call = channel.TryBegin(message, request.AcceptsEvents, out var refusal, session.Begin);
                if (call is null)
                {
                    await replies.RefuseAsync(request, refusal!);
                    return;
                }

                message.Forget();
                await replies.AnswerAsync(request, channel, call, session);
                break;
        }
    }

    // A message that the program does not read must not be acknowledged.
    private Task AcceptAsync(StdioRequest request, bool isPassed) =>
        isPassed ? replies.AcceptAsync(request) : replies.RefuseAsync(request, ChildFailures.ChildNotReading);

    // False if the program does not read. A shared program does not receive notifications of a single client.
    private bool TryNotify(StdioSession session, RpcChannel channel, McpMessage message)
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

            return true;
        }

        return IsShared || channel.TrySend(message.With());
    }

    private void Sweep()
    {
        sessions.Sweep();
        children.Sweep();
    }
}
