using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>
/// An MCP server inside the agent, without sessions and of both eras, whose tools list and call targets. Every call is
/// logged with its caller, target and outcome.
/// </summary>
internal sealed class CalloutUpstream(
    CalloutSettings settings,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger logger,
    IHostResolver? resolver = null
) : Upstream
{
    private const int MethodNotFound = RpcText.MethodNotFound;
    private const int InvalidParams = RpcText.InvalidParams;

    private readonly CalloutClient client = new(settings, time, resolver);
    private readonly Refusals refusals = new(metrics, logger);
    private readonly ConcurrencyLimit concurrency = new(settings.MaxCalls);

    public override CalloutSettings Settings => settings;

    public override async Task ServeAsync(Exchange exchange, Route route, string host)
    {
        var caller = ClientKey.From(exchange);
        if (!concurrency.TryEnter(caller))
        {
            await refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.Busy);
            return;
        }

        using var deadline = new ExchangeDeadline(settings.Timeouts, time, exchange.ClientGone, Use.Over);
        if (exchange.EndsAt is { } end)
        {
            deadline.LimitTo(end);
        }

        try
        {
            await HandleAsync(exchange, route, deadline.Token);
        }
        catch (OperationCanceledException) when (!exchange.ClientGone.IsCancellationRequested)
        {
            // The rule's time limit has expired, or the file no longer has this route.
            if (!exchange.TryStop(deadline, new AnswerStop(IsBrokenOff: true)))
            {
                await refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.HeadersTimeout);
            }
        }
        finally
        {
            concurrency.Release(caller);
        }
    }

    /// <summary>The server runs as long as the agent does. The health of its targets is not probed.</summary>
    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        Task.FromResult(new ProbeState(true, "") { KeepsSessions = false });

    protected override ValueTask EndAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task HandleAsync(Exchange exchange, Route route, CancellationToken cancellationToken)
    {
        var headers = exchange.Request.Headers;
        var version = headers[McpHeaders.ProtocolVersion].ToString();
        if (!McpEndpoint.IsEndpoint(exchange.Target, settings.Path))
        {
            await refusals.RefuseAsync(exchange, route.Name, McpFailures.PathUnknown);
            return;
        }

        if (!HttpMethods.IsPost(exchange.Request.Method))
        {
            await refusals.RefuseAsync(exchange, route.Name, McpFailures.MethodNotAllowed);
            return;
        }

        // Base64 and JSON escapes lengthen a body.
        var maxBytes = 64 * 1024 + 6L * settings.Targets.Max(t => t.MaxRequestBytes);
        if (await McpEndpoint.ReadMessageAsync(exchange, maxBytes, settings.Timeouts.StreamIdle) is { } failure)
        {
            await refusals.RefuseAsync(exchange, route.Name, failure);
            return;
        }

        var message = exchange.Message!;
        var head = MessageHead.Read(headers, message);
        var isModern = head.IsModern;
        if (!isModern && version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await refusals.RefuseAsync(exchange, route.Name, McpFailures.VersionUnreadable);
        }
        else if (isModern && McpEndpoint.FindFailure(head, message) is { } wrong)
        {
            await refusals.RefuseAsync(exchange, route.Name, wrong, id: message.Id);
        }
        else if (isModern && message.Version is { } asked && asked != McpRevision.FirstModern)
        {
            var unsupported = McpFailures.VersionUnsupported with { Versions = new([McpRevision.FirstModern], asked) };
            await refusals.RefuseAsync(exchange, route.Name, unsupported, id: message.Id);
        }
        else if (message.Kind != MessageKind.Request)
        {
            exchange.Response.StatusCode = StatusCodes.Status202Accepted; // L3
            exchange.Response.Headers.ContentLength = 0;
            metrics.Forwarded(route.Name, StatusCodes.Status202Accepted);
        }
        else
        {
            await AnswerAsync(exchange, route, message, isModern, cancellationToken);
        }
    }

    private async Task AnswerAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        var surface = CalloutSurface.Find(exchange.Connection.Channel);
        switch (message.Method)
        {
            case McpMethods.Initialize when !isModern:
                await JsonAsync(exchange, route, 200, CalloutAnswers.Initialized(message));
                break;
            case McpMethods.Ping when !isModern:
                await JsonAsync(exchange, route, 200, CalloutAnswers.Empty(message, isModern));
                break;
            case McpMethods.Discover when isModern:
                await JsonAsync(exchange, route, 200, CalloutAnswers.Discovered(message));
                break;
            case McpMethods.ListTools:
                await JsonAsync(exchange, route, 200, CalloutAnswers.Tools(message, isModern, surface));
                break;
            case McpMethods.CallTool:
                var answer = message.Name switch
                {
                    CalloutTools.List => ListTargets(message, isModern, surface),
                    CalloutTools.Call => CalloutAnswers.Called(
                        message,
                        isModern,
                        surface,
                        await CallAsync(exchange, route, message, surface, cancellationToken),
                        client.Targets
                    ),
                    CalloutTools.Audience when surface.HasAudience => GetAudience(exchange, route, message, isModern),
                    _ => RpcText.Error(message.Id.Span, InvalidParams, "The tool does not exist."),
                };
                await JsonAsync(exchange, route, 200, answer);
                break;
            default:
                await JsonAsync(
                    exchange,
                    route,
                    isModern ? 404 : 200, // M2
                    RpcText.Error(message.Id.Span, MethodNotFound, "The method does not exist.")
                );
                break;
        }
    }

    private ReadOnlyMemory<byte> ListTargets(McpMessage message, bool isModern, CalloutSurface surface) =>
        surface.Select(message, client.Targets) is { } targets
            ? CalloutAnswers.Targets(message, isModern, surface, targets)
            : CalloutAnswers.Refused(message, isModern, CalloutRefusal.Arguments);

    private async Task<CalloutResult> CallAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        CalloutSurface surface,
        CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        var request = surface.ReadRequest(message);
        var result =
            request is null ? CalloutResult.Refused(CalloutRefusal.Arguments)
            : surface.Allows(request.Method) ? await client.CallAsync(request, cancellationToken)
            : CalloutResult.Refused(CalloutRefusal.Method);
        WriteLog(exchange, route, request?.Name, result.Refusal?.Code ?? "answered", result, began);
        return result;
    }

    private ReadOnlyMemory<byte> GetAudience(Exchange exchange, Route route, McpMessage message, bool isModern)
    {
        var began = time.GetTimestamp();
        var name = CalloutSurface.ReadTarget(message);
        var target = name is null ? null : client.Targets.Find(name);
        var refusal =
            name is null ? CalloutRefusal.Arguments
            : target is null ? CalloutRefusal.TargetUnknown
            : !target.IsTokenEndpoint ? CalloutRefusal.Audience
            : null;
        WriteLog(exchange, route, name, refusal?.Code ?? "audience", CalloutResult.None, began);
        return refusal is null
            ? CalloutAnswers.Audience(message, isModern, target!.Url)
            : CalloutAnswers.Refused(message, isModern, refusal);
    }

    // A name that does not belong to a target is arbitrary text of the caller, so it is not logged.
    private void WriteLog(
        Exchange exchange,
        Route route,
        string? name,
        string outcome,
        CalloutResult result,
        long began
    ) =>
        Log.CalloutMade(
            logger,
            route.Name,
            exchange.Principal?.Issuer ?? "",
            exchange.Principal?.Subject ?? "",
            name is not null && client.Targets.Find(name) is not null ? name : "unknown",
            outcome,
            result.Status,
            result.Body.Length,
            result.Redirects,
            (long)time.GetElapsedTime(began).TotalMilliseconds
        );

    private async Task JsonAsync(Exchange exchange, Route route, int status, ReadOnlyMemory<byte> body)
    {
        exchange.ReleaseBody();
        var response = exchange.Response;
        response.StatusCode = status;
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = body.Length;
        await exchange.ResponseBody.Writer.WriteAsync(body, exchange.ClientGone);
        metrics.Forwarded(route.Name, status);
    }
}
