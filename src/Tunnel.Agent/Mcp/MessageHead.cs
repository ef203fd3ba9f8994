using System.Text;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// The headers of a request that repeat parts of its message (M2, M8). From revision 2026-07-28 on, headers must repeat
/// version, method and name; older requests may omit them, but present headers must match all the same: a server or a
/// load balancer may use them.
/// </summary>
/// <param name="Version">The revision that the client states; empty without one.</param>
internal readonly record struct MessageHead(string Version, bool IsModern, HeadError Fault)
{
    private const string EncodedPrefix = "=?base64?";
    private const string EncodedSuffix = "?=";

    public static MessageHead Read(IHeaderDictionary headers, McpMessage message)
    {
        var spoken = headers[McpHeaders.ProtocolVersion];
        var inBody = message.Version ?? "";
        var version = spoken.Count == 1 ? spoken.ToString() : inBody;

        // Only modern messages describe themselves, with any revision. An initialize without the required members of
        // modern requests is the legacy handshake.
        var isModern =
            McpRevision.IsModern(version)
            || (message.Version is not null && (message.Method != McpMethods.Initialize || message.MetaError is null));
        var isRequest = isModern && message.Kind == MessageKind.Request;
        var hasVersion =
            spoken.Count == 0
                ? !isRequest
                : spoken.Count == 1 && (!isModern || inBody.Length == 0 || inBody == version);
        var fault =
            !hasVersion ? HeadError.Version
            : message.Kind == MessageKind.Response ? HeadError.None
            : FindContradiction(headers, message) is var contradiction and not HeadError.None ? contradiction
            : !isRequest ? HeadError.None
            : headers[McpHeaders.Method].Count == 0 ? HeadError.Method
            : McpMethods.RepeatsName(message.Method) && headers[McpHeaders.Name].Count == 0 ? HeadError.Name
            : HeadError.None;
        return new MessageHead(version, isModern, fault);
    }

    /// <summary>The first header with another method or name than the message; missing headers do not count.</summary>
    public static HeadError FindContradiction(IHeaderDictionary headers, McpMessage message) =>
        message.Kind == MessageKind.Response ? HeadError.None
        : !Agrees(headers[McpHeaders.Method], message.Method) ? HeadError.Method
        : !Agrees(headers[McpHeaders.Name], message.Target is null ? null : message.Name) ? HeadError.Name
        : HeadError.None;

    private static bool Agrees(StringValues header, string? inBody) =>
        header.Count == 0 || (header.Count == 1 && Decode(header.ToString()) == inBody);

    /// <summary>Encodes a text that a header repeats (M7), if it is not one that a header may have as it is.</summary>
    public static string Encode(string text) =>
        text.Length > 0
        && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && text[0] != ' '
        && text[^1] != ' '
        && !text.StartsWith(EncodedPrefix, StringComparison.Ordinal)
            ? text
            : EncodedPrefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) + EncodedSuffix;

    /// <summary>Decodes a header that repeats a part of the body (M7); null for invalid base64.</summary>
    public static string? Decode(string value)
    {
        if (
            value.Length < EncodedPrefix.Length + EncodedSuffix.Length // the markers may not overlap
            || !value.StartsWith(EncodedPrefix, StringComparison.Ordinal)
            || !value.EndsWith(EncodedSuffix, StringComparison.Ordinal)
        )
        {
            return value;
        }

        var encoded = value[EncodedPrefix.Length..^EncodedSuffix.Length];
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }
}
