using System.Collections.Frozen;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Selects and limits the headers that cross between the control plane and a route.</summary>
internal static class CommandHeaders
{
    private const int MostHeaders = 128;
    private const int MostValues = 32;
    private const int MostBytes = 64 * 1024;

    public const string RequestId = "X-Request-Id";

    // Headers of the hop to the provider, or of a client that the agent has not seen. Body headers are set for the
    // message itself. Accept is the agent's: it reads either form, whatever the product reads.
    private static readonly FrozenSet<string> Blocked = new[]
    {
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Host",
        "Accept",
        "Accept-Encoding",
        "Content-Encoding",
        "Content-Length",
        "Content-Type",
        "Cookie",
        "Expect",
        "User-Agent",
        "Via",
        "Forwarded",
        "X-Real-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-Envoy-External-Address",
        "X-Original-Forwarded-For",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] BlockedPrefixes = ["Proxy-", "X-Forwarded-", "X-Tunnel-", "Culvert-"];

    private static readonly string[] ResponseHeaders =
    [
        "Content-Type",
        McpHeaders.Session,
        McpHeaders.ProtocolVersion,
        McpHeaders.LastEvent,
        "Access-Control-Expose-Headers",
        "WWW-Authenticate",
    ];

    // Only in a response that the agent created itself: a server's field of the first name is removed before.
    private static readonly string[] OwnHeaders = [HeaderRules.Reason, HeaderRules.FailedHop, HeaderRules.RequestId];

    /// <summary>
    /// The headers of a command that may be forwarded to a route. Null if they exceed the limits: without some of them
    /// the call would have another meaning.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string[]>>? Read(JsonElement headers)
    {
        var (kept, bytes) = (new List<KeyValuePair<string, string[]>>(), 0);
        if (headers.ValueKind != JsonValueKind.Object)
        {
            return kept;
        }

        if (!TryReadNominated(headers, out var nominated))
        {
            return null;
        }

        foreach (var header in headers.EnumerateObject())
        {
            var values = ReadValues(header.Value);
            if (values.Length == 0 || !IsForwarded(header.Name) || nominated?.Contains(header.Name) == true)
            {
                continue;
            }

            bytes += header.Name.Length + values.Sum(v => v.Length);
            if (kept.Count == MostHeaders || bytes > MostBytes)
            {
                return null;
            }

            kept.Add(new(header.Name, values));
        }

        return kept;
    }

    // Connection's names describe the hop; null if there are none. False if the field is longer than all headers
    // together may be: its names need many times their length.
    private static bool TryReadNominated(JsonElement headers, out HashSet<string>? nominated)
    {
        nominated = null;
        var bytes = 0;
        foreach (var header in headers.EnumerateObject())
        {
            if (!header.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (var value in ReadValues(header.Value))
            {
                bytes += value.Length;
                if (bytes > MostBytes)
                {
                    return false;
                }

                nominated ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                nominated.UnionWith(value.Split(',', StringSplitOptions.TrimEntries));
            }
        }

        return true;
    }

    /// <summary>The headers of a route's response for the control plane; empty values are omitted.</summary>
    public static List<KeyValuePair<string, string[]>> SelectForAnswer(IHeaderDictionary headers) =>
        [.. Select(headers, ResponseHeaders), .. SelectOwn(headers)];

    /// <summary>Why the agent itself refused, and the id in its log; empty for a server's response.</summary>
    public static List<KeyValuePair<string, string[]>> SelectOwn(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderRules.Reason) ? Select(headers, OwnHeaders) : [];

    private static List<KeyValuePair<string, string[]>> Select(IHeaderDictionary headers, string[] names)
    {
        var nominated = headers.Connection.ToString().Split(',', StringSplitOptions.TrimEntries);
        var kept = new List<KeyValuePair<string, string[]>>();
        foreach (var name in names)
        {
            string[] values = [.. headers[name].OfType<string>().Where(v => v.Length > 0)];
            if (values.Length > 0 && !nominated.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                kept.Add(new(name, values));
            }
        }

        return kept;
    }

    /// <summary>Whether a text of the control plane may become a header value.</summary>
    public static bool IsValue(string text, int mostCharacters) =>
        text.Length > 0 && text.Length <= mostCharacters && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsForwarded(string name) =>
        name.Length is > 0 and <= 256
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
        && !Blocked.Contains(name)
        && !BlockedPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    // Returns all values or none: a truncated list would have another meaning.
    private static string[] ReadValues(JsonElement values)
    {
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() is 0 or > MostValues)
        {
            return [];
        }

        var read = new List<string>();
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text || !IsFieldValue(text))
            {
                return [];
            }

            read.Add(text);
        }

        return [.. read];
    }

    // RFC 9110 §5.5, without control characters; each byte is one character (P4).
    private static bool IsFieldValue(string text)
    {
        foreach (var c in text)
        {
            if ((c < ' ' && c != '\t') || c is '\x7f' or > '\xff')
            {
                return false;
            }
        }

        return true;
    }
}
