using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>What the head of a request to an MCP endpoint says.</summary>
internal static class StdioRequest
{
    public const string Initialize = "initialize";

    /// <summary>Whether the target is the endpoint, with or without a query.</summary>
    public static bool IsEndpoint(string target, string path)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? target : target[..query]) == path;
    }

    /// <summary>Whether the client takes a media type; one that names none takes all.</summary>
    public static bool Accepts(IHeaderDictionary headers, string mediaType)
    {
        var accept = headers.Accept.ToString();
        return accept.Length == 0
            || accept.Contains(mediaType, StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether a message is of the modern era: it says so itself, or its head does. An <c>initialize</c> that does not
    /// describe itself as modern requests do is the older handshake.
    /// </summary>
    public static bool IsModern(string version, JsonRpcMessage message) =>
        McpRevision.IsModern(version)
        || (message.Version is not null && (message.Method != Initialize || message.MetaFault is null));

    /// <summary>
    /// M2, M8: why a modern message is refused before its server sees it; null if it may pass. The checks: 1. <c>_meta</c>
    /// of a request is complete, 2. version, 3. method and 4. name are in the headers and agree with the body. Of a
    /// notification only what is there must agree: no rule obliges its sender.
    /// </summary>
    public static Failure? Fault(IHeaderDictionary headers, JsonRpcMessage message)
    {
        var isRequest = message.Kind == MessageKind.Request;
        if (message is { Method: Initialize, MetaFault: not null })
        {
            return Contradicts($"{McpHeaders.ProtocolVersion} names a revision without initialize.");
        }

        if (message.MetaFault is { } member && (isRequest || message.Version is ""))
        {
            return Failures.EnvelopeInvalid with { Message = $"params._meta must have a valid {member}." };
        }

        var version = headers[McpHeaders.ProtocolVersion];
        if (
            version.Count > 1
            || (version.Count == 0 ? isRequest : message.Version is not null && message.Version != version.ToString())
        )
        {
            return Contradicts($"{McpHeaders.ProtocolVersion} and the version in _meta must be present and agree.");
        }

        if (!Agrees(headers[McpHeaders.Method], message.Method, isRequest))
        {
            return Contradicts("Mcp-Method must be present and agree with the method.");
        }

        var isNamed = message.Method is "tools/call" or "prompts/get" or "resources/read";
        return isNamed && message.Name is { } name && !Agrees(headers[McpHeaders.Name], name, isRequest)
            ? Contradicts("Mcp-Name must be present and agree with the message.")
            : null;
    }

    private static bool Agrees(StringValues header, string inBody, bool isRequired) =>
        header.Count == 0 ? !isRequired : Operation.Agrees(header, inBody);

    private static Failure Contradicts(string message) =>
        Failures.HeadersContradict with
        {
            Message = message,
            RpcCode = RpcText.HeaderMismatch,
        };

    /// <summary>The HTTP status of a modern response.</summary>
    public static int StatusOf(int? errorCode) =>
        errorCode switch
        {
            RpcText.MethodNotFound => StatusCodes.Status404NotFound,
            RpcText.HeaderMismatch or RpcText.MissingCapability or RpcText.UnsupportedVersion =>
                StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };
}
