using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Recognizes messages that only end or control calls: the end of a session, notifications (including cancellations),
/// and answers to a server's requests. A short message that has to wait is read for that, and forwarded unchanged.
/// </summary>
internal static class ControlMessages
{
    /// <summary>The longest message that is read. Longer messages are not urgent control messages.</summary>
    internal const int MaxBytes = 4 * 1024;

    private const string Notifications = "notifications/";

    public static async ValueTask<(bool IsControl, Failure? Failure)> ReadAsync(Exchange exchange, Route route)
    {
        var request = exchange.Request;
        if (HttpMethods.IsDelete(request.Method))
        {
            return (true, null);
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return (false, null);
        }

        // M2: modern servers compare this header with the body. A false value only changes the lane.
        if (request.Headers[McpHeaders.Method] is [{ } method])
        {
            return (method.StartsWith(Notifications, StringComparison.Ordinal), null);
        }

        if (
            exchange.HeldBody is null
            && request.Headers.ContentLength is > 0 and <= MaxBytes
            && await exchange.Bodies.HoldAsync(exchange, MaxBytes, route.Upstream.Timeouts.StreamIdle) is { } failure
        )
        {
            return (false, failure);
        }

        var isControl =
            exchange.HeldBody is { IsComplete: true, Bytes.Length: <= MaxBytes } body
            && body.Message is { IsRelayable: true, Kind: not MessageKind.Request };
        return (isControl, null);
    }
}
