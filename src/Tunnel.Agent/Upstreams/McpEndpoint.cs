using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

internal static class McpEndpoint
{
    public static bool IsEndpoint(string target, string path)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? target : target[..query]) == path;
    }

    /// <summary>Whether the client accepts a media type. A client that sends no <c>Accept</c> accepts all.</summary>
    public static bool Accepts(IHeaderDictionary headers, string mediaType)
    {
        var accept = headers.Accept.ToString();
        return accept.Length == 0
            || accept.Contains(mediaType, StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal);
    }

    /// <summary>The message of a buffered body; null if the body is incomplete or parsers may read it differently.</summary>
    public static McpMessage? ReadMessage(Exchange exchange) =>
        McpHeaders.DescribePlainJson(exchange.Request.Headers)
        && exchange.HeldBody is { IsComplete: true, Message: { IsRelayable: true } message }
            ? message
            : null;

    /// <summary>
    /// M2, M8: why a modern message is refused; null if it may pass. The checks: 1. <c>_meta</c> of a request is
    /// complete, 2. version, 3. method and 4. name are in the headers and agree with the body. In a notification only
    /// the fields that are present must agree.
    /// </summary>
    public static Failure? FindFailure(MessageHead head, McpMessage message)
    {
        if (message is { Method: McpMethods.Initialize, MetaFault: not null })
        {
            return Contradicts($"{McpHeaders.ProtocolVersion} names a revision without initialize.");
        }

        if (message.MetaFault is { } member && (message.Kind == MessageKind.Request || message.Version is ""))
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
