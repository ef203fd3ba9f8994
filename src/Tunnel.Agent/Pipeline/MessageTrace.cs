using System.Diagnostics;
using System.Text.Json;
using Culvert.Platform.Telemetry;
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
                    return (default, Failures.BodiesCrowded);
                case BodyOutcome.Incomplete:
                    return (default, Failures.MessageUnreadable);
            }
        }

        return exchange.HeldBody is { IsComplete: true, Bytes: { Length: <= MaxBytes } body }
            ? (Read(body.Span), null)
            : default;
    }

    /// <summary>What is no message, or names no context, is none: it is the upstream's to refuse.</summary>
    internal static ActivityContext Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!TryEnter(ref reader, "params"u8) || !TryEnter(ref reader, "_meta"u8))
            {
                return default;
            }

            string? parent = null;
            string? state = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isParent = reader.ValueTextEquals(TraceContext.ParentHeader);
                var isState = reader.ValueTextEquals(TraceContext.StateHeader);
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && (isParent || isState))
                {
                    (parent, state) = isParent ? (reader.GetString(), state) : (parent, reader.GetString());
                }

                reader.Skip();
            }

            return TraceContext.Read(parent, state);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    // At the beginning of an object, whose member of this name must be an object as well; then at the beginning of that.
    private static bool TryEnter(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        if (reader.TokenType == JsonTokenType.None && (!reader.Read() || reader.TokenType != JsonTokenType.StartObject))
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMeant = reader.ValueTextEquals(member);
            reader.Read();
            if (isMeant)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }
}
