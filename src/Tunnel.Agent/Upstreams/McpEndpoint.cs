using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

internal static class McpEndpoint
{
    /// <summary>Whether a target is an MCP endpoint, byte for byte, with any query.</summary>
    public static bool IsEndpoint(string? target, string path) =>
        target is not null
        && target.StartsWith(path, StringComparison.Ordinal)
        && (target.Length == path.Length || target[path.Length] == '?');

    /// <summary>Whether the client accepts a media type. A client that sends no <c>Accept</c> accepts all.</summary>
    public static bool Accepts(IHeaderDictionary headers, string mediaType)
    {
        var accept = headers.Accept.ToString();
        return accept.Length == 0
            || accept.Contains(mediaType, StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal);
    }

    /// <summary>
    /// The failure of a POST to an endpoint of the agent itself; null if its message (<see cref="Exchange.Message"/>) can
    /// be used. The checks: 1. <c>Accept</c>, 2. the body's length, arrival and room, 3. no parser reads it differently.
    /// </summary>
    public static async ValueTask<Failure?> ReadMessageAsync(
        Exchange exchange,
        long maxBytes,
        TimeSpan wait,
        bool acceptsEvents = false
    )
    {
        var headers = exchange.Request.Headers;
        return !acceptsEvents && !Accepts(headers, "application/json")
            ? McpFailures.NotAcceptable
            : await exchange.Bodies.HoldAsync(exchange, maxBytes, wait)
                ?? (
                    McpHeaders.DescribePlainJson(headers) && exchange.Message!.IsRelayable
                        ? null
                        : McpFailures.MessageUnreadable
                );
    }

    /// <summary>
    /// M2, M8: why a modern message is refused; null if it may pass. The checks: 1. <c>_meta</c> of a request is
    /// complete, 2. version, 3. method and 4. name are in the headers and agree with the body. In a notification only
    /// the fields that are present must agree.
    /// </summary>
    public static Failure? FindFailure(MessageHead head, McpMessage message)
    {
        if (message is { Method: McpMethods.Initialize, MetaError: not null })
        {
            return Contradicts($"{McpHeaders.ProtocolVersion} names a revision without initialize.");
        }

        if (message.MetaError is { } member && (message.Kind == MessageKind.Request || message.Version is ""))
        {
            return McpFailures.EnvelopeInvalid with { Message = $"params._meta must have a valid {member}." };
        }

        return head.Fault switch
        {
            HeadError.Version => Contradicts(
                $"{McpHeaders.ProtocolVersion} and the version in _meta must be present and agree."
            ),
            HeadError.Method => Contradicts("Mcp-Method must be present and agree with the method."),
            HeadError.Name => Contradicts("Mcp-Name must be present and agree with the message."),
            _ => null,
        };
    }

    public static int ToStatusCode(int? errorCode) =>
        errorCode switch
        {
            RpcText.MethodNotFound => StatusCodes.Status404NotFound,
            RpcText.HeaderMismatch or RpcText.MissingCapability or RpcText.UnsupportedVersion =>
                StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };

    private static Failure Contradicts(string message) =>
        McpFailures.HeadersContradict with
        {
            Message = message,
            RpcCode = RpcText.HeaderMismatch,
        };
}
