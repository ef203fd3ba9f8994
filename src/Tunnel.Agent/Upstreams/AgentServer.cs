using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>An MCP server inside the agent, of both eras and without sessions, that has tools and nothing else.</summary>
/// <param name="name">The name of the server in its greeting.</param>
/// <param name="path">The path of its endpoint.</param>
internal abstract class AgentServer(
    string name,
    string path,
    int maxCalls,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger logger
) : Upstream
{
    private readonly ConcurrencyLimit concurrency = new(maxCalls);

    protected Refusals Refusals { get; } = new(metrics, logger);

    protected TimeProvider Time => time;

    protected ILogger Logger => logger;

    protected abstract long MaxMessageBytes { get; }

    public override async Task ServeAsync(Exchange exchange, Route route, string host)
    {
        var caller = ClientKey.From(exchange);
        if (!concurrency.TryEnter(caller))
        {
            await Refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.Busy);
            return;
        }

        using var deadline = new ExchangeDeadline(Settings.Timeouts, time, exchange.ClientGone, Use.Over);
        deadline.Watch(exchange);
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
            // The caller's token was revoked, the rule's time limit has expired, or the file no longer has this route.
            if (deadline.IsRevoked && !exchange.Response.HasStarted && exchange.MetadataUrl is { } metadata)
            {
                await Refusals.RefuseTokenAsync(exchange, route, metadata, EndedToken.Revoked);
            }
            else if (!exchange.TryStop(deadline, new AnswerStop(IsBrokenOff: true)))
            {
                await Refusals.RefuseAsync(exchange, route.Name, UpstreamFailures.HeadersTimeout);
            }
        }
        finally
        {
            concurrency.Release(caller);
        }
    }

    /// <summary>The result of <c>tools/list</c>: a JSON array.</summary>
    protected abstract ReadOnlyMemory<byte> GetDefinitions(Exchange exchange);

    /// <summary>
    /// The response to <c>tools/call</c>; null if the tool does not exist, empty if the call has been refused.
    /// </summary>
    protected abstract ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        bool isModern,
        CancellationToken cancellationToken
    );

    /// <summary>The response to a request of the agent itself, which needs no exchange; null to a call.</summary>
    protected ReadOnlyMemory<byte>? Answer(McpMessage message, bool isModern, ReadOnlyMemory<byte> definitions) =>
        message.Method switch
        {
            McpMethods.Initialize when !isModern => AgentServerAnswers.Initialized(message, name),
            McpMethods.Ping when !isModern => AgentServerAnswers.Empty(message, isModern),
            McpMethods.Discover when isModern => AgentServerAnswers.Discovered(message, name),
            McpMethods.ListTools => AgentServerAnswers.Tools(message, isModern, definitions),
            McpMethods.CallTool => (ReadOnlyMemory<byte>?)null,
            _ => RpcText.Error(message.Id.Span, RpcText.MethodNotFound, "The method does not exist."),
        };

    private async Task HandleAsync(Exchange exchange, Route route, CancellationToken cancellationToken)
    {
        var headers = exchange.Request.Headers;
        var version = headers[McpHeaders.ProtocolVersion].ToString();
        if (!McpEndpoint.IsEndpoint(exchange.Target, path))
        {
            await Refusals.RefuseAsync(exchange, route.Name, McpFailures.PathUnknown);
            return;
        }

        if (!HttpMethods.IsPost(exchange.Request.Method))
        {
            await Refusals.RefuseAsync(exchange, route.Name, McpFailures.MethodNotAllowed);
            return;
        }

        if (await McpEndpoint.ReadMessageAsync(exchange, MaxMessageBytes, Timeouts.StreamIdle) is { } failure)
        {
            await Refusals.RefuseAsync(exchange, route.Name, failure);
            return;
        }

        var message = exchange.Message!;
        var head = MessageHead.Read(headers, message);
        var isModern = head.IsModern;
        if (!isModern && version.Length > 0 && !McpRevision.IsRevision(version))
        {
            await Refusals.RefuseAsync(exchange, route.Name, McpFailures.VersionUnreadable);
        }
        else if (isModern && McpEndpoint.FindFailure(head, message) is { } wrong)
        {
            await Refusals.RefuseAsync(exchange, route.Name, wrong, id: message.Id);
        }
        else if (isModern && message.Version is { } asked && asked != McpRevision.FirstModern)
        {
            var unsupported = McpFailures.VersionUnsupported with { Versions = new([McpRevision.FirstModern], asked) };
            await Refusals.RefuseAsync(exchange, route.Name, unsupported, id: message.Id);
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
        var answer =
            Answer(message, isModern, GetDefinitions(exchange))
            ?? await CallAsync(exchange, route, message, isModern, cancellationToken)
            ?? RpcText.Error(message.Id.Span, RpcText.InvalidParams, "The tool does not exist.");
        if (answer.IsEmpty)
        {
            return;
        }

        var isUnknown =
            isModern && message.Method is not (McpMethods.Discover or McpMethods.ListTools or McpMethods.CallTool);
        exchange.ReleaseBody();
        var response = exchange.Response;
        response.StatusCode = isUnknown ? StatusCodes.Status404NotFound : StatusCodes.Status200OK; // M2
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = answer.Length;
        await exchange.ResponseBody.Writer.WriteAsync(answer, exchange.ClientGone);
        metrics.Forwarded(route.Name, response.StatusCode);
    }
}
