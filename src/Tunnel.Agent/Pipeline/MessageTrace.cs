using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The trace in an MCP message's <c>params._meta</c> (<c>traceparent</c>, <c>tracestate</c>), for callers whose headers
/// name none. A short message is read for that, and forwarded unchanged.
/// </summary>
internal sealed class MessageTrace(BodyBudget held, TimeProvider time)
{
    /// <summary>The longest message that is read; for longer messages only the headers are used.</summary>
    internal const int MaxBytes = 64 * 1024;

    private readonly BodyReader bodies = new(held, time);

    /// <summary>The trace context, empty if the message names none; or why the request fails.</summary>
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

    /// <summary>Empty for an invalid trace parent. The upstream refuses messages that are otherwise invalid.</summary>
    internal static ActivityContext GetContext(McpMessage message) =>
        message.TraceParent.Length > 0 ? TraceContext.Read(message.TraceParent, message.TraceState) : default;
}
