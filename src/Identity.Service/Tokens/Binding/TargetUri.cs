using System.Buffers;
using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>
/// The target of a request in the form that RFC 9449 §4.3 point 9 compares: without query and fragment, after the
/// normalizations of RFC 3986 §6.2.2 (case, percent-encoding, dot segments) and §6.2.3 (default port, empty path) and
/// no other. Own code, because <see cref="Uri"/> accepts what no grammar allows (blanks, backslashes).
/// </summary>
internal static class TargetUri
{
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private const string SchemeEnd = "://";

    /// <summary>False for anything but an absolute http or https URI by RFC 3986's grammar, without user information.</summary>
    public static bool TryNormalize(ReadOnlySpan<char> uri, out string normalized)
    {
        normalized = "";
        var schemeEnd = uri.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            return false;
        }

        var scheme = uri[..schemeEnd];
        var isSecure = scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        if (!isSecure && !scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = uri[(schemeEnd + SchemeEnd.Length)..];
        var end = rest.IndexOfAny('?', '#');
        rest = end < 0 ? rest : rest[..end];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var result = new StringBuilder(isSecure ? "https://" : "http://");
        if (!TryAppendAuthority(result, authority, isSecure ? 443 : 80))
        {
            return false;
        }

        var path = new StringBuilder();
        if (!TryAppendEncoded(path, slash < 0 ? "/" : rest[slash..], static c => IsPathCharacter(c)))
        {
            return false;
        }

        AppendWithoutDotSegments(result, path.ToString());
        normalized = result.ToString();
        return true;
    }

    private static bool TryAppendAuthority(StringBuilder result, ReadOnlySpan<char> authority, int defaultPort)
    {
        // The last colon outside of an IP literal's brackets begins the port.
        var bracket = authority.LastIndexOf(']');
        var colon = authority.LastIndexOf(':');
        var host = colon > bracket ? authority[..colon] : authority;
        var port = colon > bracket ? authority[(colon + 1)..] : "";
        if (host.IsEmpty || !TryAppendHost(result, host))
        {
            return false;
        }

        if (port.IsEmpty)
        {
            return true; // "host:" is "host" (§6.2.3)
        }

        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        if (number != defaultPort)
        {
            result.Append(CultureInfo.InvariantCulture, $":{number}");
        }

        return true;
    }

    private static bool TryAppendHost(StringBuilder result, ReadOnlySpan<char> host)
    {
        if (host[0] == '[')
        {
            if (host[^1] != ']' || host[1..^1].ContainsAnyExcept(AddressCharacters))
            {
                return false;
            }

            result.Append(host.ToString().ToLowerInvariant());
            return true;
        }

        var start = result.Length;
        if (!TryAppendEncoded(result, host, static c => IsUnreserved(c) || IsSubDelimiter(c)))
        {
            return false;
        }

        // Escapes stay in upper case; the rest of a host is in lower case.
        for (var i = start; i < result.Length; i++)
        {
            if (result[i] == '%')
            {
                i += 2;
            }
            else
            {
                result[i] = char.ToLowerInvariant(result[i]);
            }
        }

        return true;
    }

    // §6.2.2.2: escapes of unreserved characters are decoded; §6.2.2.1: the others are written in upper case.
    private static bool TryAppendEncoded(StringBuilder result, ReadOnlySpan<char> text, Func<char, bool> isAllowed)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (!isAllowed(text[i]))
                {
                    return false;
                }

                result.Append(text[i]);
                continue;
            }

            if (
                i + 2 >= text.Length
                || !byte.TryParse(
                    text.Slice(i + 1, 2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var value
                )
            )
            {
                return false;
            }

            if (IsUnreserved((char)value))
            {
                result.Append((char)value);
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }

            i += 2;
        }

        return true;
    }

    // §5.2.4 for a path that begins with a slash.
    private static void AppendWithoutDotSegments(StringBuilder result, string path)
    {
        var segments = path.Split('/');
        List<string> kept = [];
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            switch (segments[i])
            {
                case "..":
                    if (kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    if (isLast)
                    {
                        kept.Add("");
                    }

                    break;
                case ".":
                    if (isLast)
                    {
                        kept.Add("");
                    }

                    break;
                default:
                    kept.Add(segments[i]);
                    break;
            }
        }

        foreach (var segment in kept)
        {
            result.Append('/').Append(segment);
        }

        if (kept.Count == 0)
        {
            result.Append('/');
        }
    }

    // RFC 3986 §3.3: pchar, and the slash between segments.
    private static bool IsPathCharacter(char c) => IsUnreserved(c) || IsSubDelimiter(c) || c is ':' or '@' or '/';

    private static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    private static bool IsSubDelimiter(char c) =>
        c is '!' or '$' or '&' or '\'' or '(' or ')' or '*' or '+' or ',' or ';' or '=';
}
