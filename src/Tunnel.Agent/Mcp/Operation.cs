using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// What a JSON-RPC message asks for, read so that the upstream cannot read it otherwise (P11): no duplicate or
/// look-alike member, no batch, and the headers that repeat the body say the same (M8).
/// </summary>
/// <param name="Names">By which <c>operation_scopes</c> may list it; none for a response.</param>
internal sealed record Operation(IReadOnlyList<string> Names)
{
    private const int MaxDepth = 64;
    private const string EncodedPrefix = "=?base64?";
    private const string EncodedSuffix = "?=";
    private const string Charset = "charset";
    private const string Json = "application/json"; // as nearly all clients write it: nothing to parse

    private static readonly string[] Significant = ["method", "params", "name", "uri"];

    /// <summary>
    /// False: the upstream may decode the body otherwise than we do. JSON is read as UTF-8 here (RFC 8259 §8.1), while
    /// some servers follow a charset.
    /// </summary>
    /// <param name="contentType">The <c>Content-Type</c> fields.</param>
    public static bool IsUtf8(StringValues contentType) =>
        contentType.Count == 0
        || (contentType.Count == 1 && (contentType.ToString() == Json || HasUtf8Charset(contentType.ToString())));

    private static bool HasUtf8Charset(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.Parameters.Where(p => p.Name.StartsWith(Charset, StringComparison.OrdinalIgnoreCase))
            .All(p =>
                p.Name.Length == Charset.Length // charset* is RFC 8187's way to write it
                && HeaderUtilities.UnescapeAsQuotedString(p.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>False: the message must not be passed on.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="headers">Of the same request.</param>
    /// <param name="operation">What was read.</param>
    /// <param name="contradicts">Headers and body differ.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> body,
        IHeaderDictionary headers,
        out Operation? operation,
        out bool contradicts
    )
    {
        operation = null;
        contradicts = false;
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth }
            );
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || MemberNames.HasLookAlike(root, Significant))
            {
                return false;
            }

            if (!root.TryGetProperty("method", out var member))
            {
                operation = new Operation([]); // the answer to a request of the server's
                return true;
            }

            if (member.ValueKind != JsonValueKind.String || member.GetString() is not { Length: > 0 } method)
            {
                return false;
            }

            if (!TryReadTarget(root, method, out var target))
            {
                return false;
            }

            contradicts = !Agrees(headers[McpHeaders.Method], method) || !Agrees(headers[McpHeaders.Name], target);
            var family = method[..(method.IndexOf('/', StringComparison.Ordinal) + 1)];
            operation = new Operation(target is null ? [method] : [method, family + target]);
            return !contradicts;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // The name that a call is about, where the method has one.
    private static bool TryReadTarget(JsonElement root, string method, out string? target)
    {
        target = null;
        if (McpMethods.TargetOf(method, out var member) is null)
        {
            return true;
        }

        if (
            !root.TryGetProperty("params", out var parameters)
            || parameters.ValueKind != JsonValueKind.Object
            || MemberNames.HasLookAlike(parameters, Significant)
            || !parameters.TryGetProperty(member, out var value)
            || value.ValueKind != JsonValueKind.String
        )
        {
            return false;
        }

        target = value.GetString();
        return true;
    }

    internal static bool Agrees(StringValues header, string? inBody) =>
        header.Count == 0 || (header.Count == 1 && Decode(header.ToString()) == inBody);

    // M7: values that are no plain ASCII are base64 between markers. Header bytes are Latin-1 characters here.
    private static string? Decode(string value)
    {
        if (
            value.Length < EncodedPrefix.Length + EncodedSuffix.Length // they may share no character
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
