using Culvert.Platform.Mcp;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The header fields of MCP over HTTP.</summary>
internal static class McpHeaders
{
    public const string Session = McpHttpTransport.SessionHeader;
    public const string LastEvent = "Last-Event-ID";
    public const string ProtocolVersion = McpHttpTransport.VersionHeader;
    public const string Method = McpHttpTransport.MethodHeader;
    public const string Name = "Mcp-Name";

    /// <summary>The prefix of headers that repeat an argument (<c>x-mcp-header</c> of a tool's input schema).</summary>
    public const string ParameterPrefix = "Mcp-Param-";

    private const string Charset = "charset";
    private const string Json = "application/json"; // as nearly all clients write it: no parsing needed

    /// <summary>False: the upstream may decode the body differently. The agent reads UTF-8 (RFC 8259 §8.1).</summary>
    public static bool DescribePlainJson(IHeaderDictionary headers) =>
        headers.ContentEncoding.Count == 0 && IsUtf8(headers.ContentType);

    private static bool IsUtf8(StringValues contentType) =>
        contentType.Count == 0
        || (contentType.Count == 1 && (contentType.ToString() == Json || HasUtf8Charset(contentType.ToString())));

    private static bool HasUtf8Charset(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.Parameters.Where(p => p.Name.StartsWith(Charset, StringComparison.OrdinalIgnoreCase))
            .All(p =>
                p.Name.Length == Charset.Length // charset* is the extended notation of RFC 8187
                && IsUtf8Label(HeaderUtilities.UnescapeAsQuotedString(p.Value))
            );

    // Every decoder knows both as labels of UTF-8 (WHATWG Encoding §4.2).
    private static bool IsUtf8Label(StringSegment charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);
}
