namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Tells URIs that have other spellings, which a server may take for each other.</summary>
internal static class ResourceName
{
    /// <summary>
    /// True where patterns would judge a spelling and the server might open something else: dot segments, backslashes,
    /// control characters, escapes of characters that need none (RFC 3986 §§2.3, 5.2.4), upper case before the path
    /// (§6.2.2.1).
    /// </summary>
    public static bool IsUnclear(ReadOnlySpan<char> uri)
    {
        var path = 0;
        var authority = uri.IndexOf("://");
        if (authority >= 0)
        {
            var slash = uri[(authority + 3)..].IndexOf('/');
            path = slash < 0 ? uri.Length : authority + 3 + slash;
        }
        else if (uri.IndexOf(':') is var colon and > 0)
        {
            path = colon + 1;
        }

        return uri[..path].ContainsAnyInRange('A', 'Z')
            || uri.Contains('\\')
            || uri.ContainsAnyInRange('\0', ' ')
            || HasDotSegment(uri[path..])
            || HasNeedlessEscape(uri);
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.SplitAny('/', '?', '#'))
        {
            if (path[range] is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasNeedlessEscape(ReadOnlySpan<char> uri)
    {
        for (var at = uri.IndexOf('%'); at >= 0; )
        {
            var escape = uri[(at + 1)..];
            if (escape.Length < 2 || !char.IsAsciiHexDigit(escape[0]) || !char.IsAsciiHexDigit(escape[1]))
            {
                return true;
            }

            var value = (char)((Value(escape[0]) << 4) | Value(escape[1]));
            if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~' or '/' or '\\' or '\0')
            {
                return true;
            }

            var next = escape[2..].IndexOf('%');
            at = next < 0 ? -1 : at + 3 + next;
        }

        return false;
    }

    private static int Value(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
