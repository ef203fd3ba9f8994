using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The trace that an MCP message names in <c>params._meta</c> (<c>traceparent</c>, <c>tracestate</c>): for callers whose
/// headers name none. A short message is read for that, and goes on as it was read.
/// </summary>
internal sealed class MessageTrace(BodyBudget held, TimeProvider time)
{
    /// <summary>Of a message that is read; of a longer one the headers alone count.</summary>
    internal const int MaxBytes = 64 * 1024;

    private readonly BodyReader bodies = new(held, time);

    /// <summary>Nothing where the message names none; or why the request cannot go on.</summary>
    public async ValueTask<(ActivityContext Parent, Failure? Failure)> LookAsync(Exchange exchange, Route route)
    {
        var request = exchange.Request;
        if (
            !HttpMethods.IsPost(request.Method)
            || request.Headers[TraceContext.ParentHeader].Count > 0
            || request.Headers.ContentEncoding.Count > 0
            || request.Headers.ContentLength is not (> 0 and <= MaxBytes)
        )
        {
            return default;
        }

        if (exchange.HeldBody is null)
        {
            switch (await bodies.ReadAsync(exchange, MaxBytes, route.Upstream.Timeouts.StreamIdle))
            {
                case BodyOutcome.Crowded:
                    return (default, McpFailures.BodiesCrowded);
                case BodyOutcome.Incomplete:
                    return (default, McpFailures.MessageUnreadable);
            }
        }

        return exchange.HeldBody is { IsComplete: true, Bytes.Length: <= MaxBytes } body
            ? (GetContext(body.Message), null)
            : default;
    }

    /// <summary>What names no context has none. A message that is wrong otherwise is the upstream's to refuse.</summary>
    internal static ActivityContext GetContext(McpMessage message) =>
        message.TraceParent.Length > 0 ? TraceContext.Read(message.TraceParent, message.TraceState) : default;
}
