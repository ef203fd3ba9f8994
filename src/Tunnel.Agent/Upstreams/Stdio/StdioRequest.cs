using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>What the head of a request to an MCP endpoint says.</summary>
internal static class StdioRequest
{
    public const string VersionHeader = "MCP-Protocol-Version";

    /// <summary>The first revision without sessions.</summary>
    public const string FirstModern = "2026-07-28";

    /// <summary>Greets shared programs where the client names no revision that can be read.</summary>
    public const string LastLegacy = "2025-11-25";

    public static bool IsVersion(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.None, out _);

    /// <summary>Revisions are dates, and their order is the order of the text.</summary>
    public static bool IsModern(string version) =>
        IsVersion(version) && string.CompareOrdinal(version, FirstModern) >= 0;

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

    /// <summary>M2, M8: what is wrong between the headers and the body of a modern request; null if nothing is.</summary>
    public static Failure? Contradiction(IHeaderDictionary headers, JsonRpcMessage message)
    {
        var version = headers[VersionHeader];
        if (version.Count != 1 || message.Version is null || version.ToString() != message.Version)
        {
            return Contradicts($"{VersionHeader} and the version in _meta must be there and agree.");
        }

        if (headers["Mcp-Method"].Count != 1 || !Operation.Agrees(headers["Mcp-Method"], message.Method))
        {
            return Contradicts("Mcp-Method must be there and agree with the method.");
        }

        var isNamed = message.Method is "tools/call" or "prompts/get" or "resources/read";
        return isNamed && (headers["Mcp-Name"].Count != 1 || !Operation.Agrees(headers["Mcp-Name"], message.Name))
            ? Contradicts("Mcp-Name must be there and agree with the message.")
            : null;
    }

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
