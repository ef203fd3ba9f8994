using System.Buffers;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Detects names that a server may take for another name. Patterns and the default would check only the spelling, so
/// such a name is allowed only by a rule with exactly that text.
/// </summary>
internal static class RequestedName
{
    private const string FileScheme = "file";

    // A range of characters would be boxed at each call until the method is optimized.
    private static readonly SearchValues<char> VisibleAscii = SearchValues.Create([
        .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c),
    ]);

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789+-."
    );

    // Host and port of these schemes have several spellings (RFC 3986 §6.2.3).
    private static readonly (string Scheme, string Port)[] Network =
    [
        ("http", "80"),
        ("https", "443"),
        ("ws", "80"),
        ("wss", "443"),
        ("ftp", "21"),
    ];

    /// <summary>
    /// True for names with whitespace, control or non-ASCII characters; for URIs with another spelling (RFC 3986 §6.2,
    /// RFC 8089); for methods that a server could take for a method of MCP.
    /// </summary>
    public static bool IsUnclear(TargetKind kind, string name) =>
        name.AsSpan().ContainsAnyExcept(VisibleAscii)
        || kind switch
        {
            TargetKind.Resource => IsUnclearUri(name),
            TargetKind.Method => McpMethods.IsVariant(name),
            _ => false,
        };

    // scheme ":" ["//" authority] path ["?" query] ["#" fragment] (RFC 3986 §3)
    private static bool IsUnclearUri(ReadOnlySpan<char> uri)
    {
        var colon = uri.IndexOf(':');
        if (colon <= 0 || !IsScheme(uri[..colon]))
        {
            return true;
        }

        var scheme = uri[..colon];
        var path = uri[(colon + 1)..];
        ReadOnlySpan<char> authority = [];
        var hasAuthority = path.StartsWith("//");
        if (hasAuthority)
        {
            var end = path[2..].IndexOfAny('/', '?', '#');
            authority = end < 0 ? path[2..] : path[2..(2 + end)];
            path = path[(2 + authority.Length)..];
        }

        return authority.ContainsAnyInRange('A', 'Z') // §6.2.2.1
            || authority.Contains('@')
            || authority.EndsWith(':')
            || uri.ContainsAny('\\', '#')
            || uri.EndsWith('?')
            || HasDotSegment(path)
            || HasUnusualEscape(uri)
            || (
                scheme.SequenceEqual(FileScheme)
                    ? !hasAuthority || !authority.IsEmpty || IsUnclearFile(path)
                    : IsUnclearHost(scheme, authority, path)
            );
    }

    // Lower case, so that there is a single spelling (§3.1, §6.2.2.1).
    private static bool IsScheme(ReadOnlySpan<char> text) =>
        char.IsAsciiLetterLower(text[0]) && !text.ContainsAnyExcept(SchemeCharacters);

    // RFC 8089: no host, and none of the forms for drives and shares in appendix E.
    private static bool IsUnclearFile(ReadOnlySpan<char> path) =>
        path.ContainsAny('?', '|')
        || path.IndexOf("//") >= 0
        || path.Length == 0
        || (path.Length > 1 && path[^1] == '/');

    // §6.2.3: an empty path, and the scheme's default port.
    private static bool IsUnclearHost(ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority, ReadOnlySpan<char> path)
    {
        foreach (var (name, usual) in Network)
        {
            if (!scheme.SequenceEqual(name))
            {
                continue;
            }

            var colon = authority.LastIndexOf(':');
            var hasPort = colon >= 0 && !authority[colon..].Contains(']');
            var host = hasPort ? authority[..colon] : authority;
            var port = hasPort ? authority[(colon + 1)..] : [];
            return host.IsEmpty
                || host.EndsWith('.')
                || !path.StartsWith('/')
                || (hasPort && (port.SequenceEqual(usual) || port[0] == '0'));
        }

        return false;
    }

    // Java servers cut a segment at a semicolon, so "..;" is ".." for them; Windows takes more dots for fewer.
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.SplitAny('/', '?', '#'))
        {
            var segment = path[range];
            var end = segment.IndexOf(';');
            var name = end < 0 ? segment : segment[..end];
            if (!name.IsEmpty && !name.ContainsAnyExcept('.'))
            {
                return true;
            }
        }

        return false;
    }

    // §6.2.2: escapes are upper case, and only for characters that need it. An escaped "%" may be decoded twice.
    private static bool HasUnusualEscape(ReadOnlySpan<char> uri)
    {
        for (var at = uri.IndexOf('%'); at >= 0; )
        {
            var escape = uri[(at + 1)..];
            if (escape.Length < 2 || !char.IsAsciiHexDigitUpper(escape[0]) || !char.IsAsciiHexDigitUpper(escape[1]))
            {
                return true;
            }

            var value = (char)((Value(escape[0]) << 4) | Value(escape[1]));
            if (
                char.IsAsciiLetterOrDigit(value)
                || value is < ' ' or '\u007F'
                || value is '-' or '.' or '_' or '~' or '/' or '\\' or '%' or ';'
            )
            {
                return true;
            }

            var next = escape[2..].IndexOf('%');
            at = next < 0 ? -1 : at + 3 + next;
        }

        return false;
    }

    private static int Value(char digit) => digit <= '9' ? digit - '0' : digit - 'A' + 10;
}
