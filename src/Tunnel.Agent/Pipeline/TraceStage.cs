using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Continues the trace that an MCP message names in <c>params._meta</c> (<c>traceparent</c>, <c>tracestate</c>), if the
/// headers name none. A short message is read for that, and forwarded unchanged.
/// </summary>
/// <param name="traces">Null if tracing is off.</param>
internal sealed class TraceStage(Refusals refusals, Traces? traces) : IStage
{
    /// <summary>The longest message that is read; for longer messages only the headers are used.</summary>
    internal const int MaxBytes = 64 * 1024;

    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served) =>
        exchange.Span is null ? new(true) : ContinueAsync(exchange, served.Route);

    /// <summary>Empty for an invalid trace parent. The upstream refuses messages that are otherwise invalid.</summary>
    internal static ActivityContext GetContext(McpMessage message) =>
        message.TraceParent.Length > 0 ? TraceContext.Read(message.TraceParent, message.TraceState) : default;

    private async ValueTask<bool> ContinueAsync(Exchange exchange, Route route)
    {
        var request = exchange.Request;
        if (
            !HttpMethods.IsPost(request.Method)
            || request.Headers[TraceContext.ParentHeader].Count > 0
            || request.Headers.ContentEncoding.Count > 0
            || request.Headers.ContentLength is not (> 0 and <= MaxBytes)
        )
        {
            return true;
        }

        if (await exchange.Bodies.HoldAsync(exchange, MaxBytes, route.Upstream.Timeouts.StreamIdle) is { } failure)
        {
            await refusals.RefuseAsync(exchange, route.Name, failure);
            return false;
        }

        if (GetContext(exchange.Message!) is var parent && parent != default)
        {
            exchange.Span = CallSpan.Continue(traces!, exchange.Span!, parent);
            exchange.Span?.SetTag("culvert.route", route.Name);
        }

        return true;
    }
}
