using System.Globalization;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// The parts of a URL that every parser reads in the same way. Browsers and libraries disagree about unusual spellings (WHATWG URL
/// against RFC 3986), so these are refused and not normalized.
/// </summary>
internal static class WebHosts
{
    private const int MaxHostCharacters = 253;
    private const int MaxLabelCharacters = 63;

    /// <summary>
    /// Whether the text has only characters that RFC 3986 §2 permits, complete percent encodings, and no fragment. Encoded dots, slashes,
    /// backslashes and control characters are refused: some programs decode them before they read the path.
    /// </summary>
    public static bool HasPlainCharacters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (
                    !byte.TryParse(
                        text.AsSpan(i + 1, Math.Min(2, text.Length - i - 1)),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out var value
                    )
                    || i + 2 >= text.Length
                    || value is < 0x20 or 0x7f or (byte)'.' or (byte)'/' or (byte)'\\'
                )
                {
                    return false;
                }
            }
            else if (!char.IsAsciiLetterOrDigit(text[i]) && !"-._~:/?[]@!$&'()*+,;=".Contains(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A DNS name in lower case with two labels or more, without a final dot. Names that end in a number are refused: parsers read them as
    /// IPv4 addresses.
    /// </summary>
    public static bool IsDnsName(string host)
    {
        var labels = host.Split('.');
        return host.Length <= MaxHostCharacters
            && labels.Length >= 2
            && labels.All(IsLabel)
            && !labels[^1].All(char.IsAsciiDigit)
            && !labels[^1].StartsWith("0x", StringComparison.Ordinal);
    }

    /// <summary>Splits <c>host:port</c>; null if the port is not a number from 1 to 65535 in its shortest form.</summary>
    public static (string Host, string Port)? SplitPort(string authority)
    {
        var end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
        var colon = authority.IndexOf(':', end);
        if (colon < 0)
        {
            return (authority, "");
        }

        var port = authority[(colon + 1)..];
        return
            port.All(char.IsAsciiDigit)
            && port.Length is > 0 and <= 5
            && port[0] != '0'
            && int.Parse(port, CultureInfo.InvariantCulture) <= 65535
            ? (authority[..colon], port)
            : null;
    }

    /// <summary>Whether a path has a segment <c>.</c> or <c>..</c>, which parsers remove.</summary>
    public static bool HasDotSegment(string path) => path.Split('/').Any(segment => segment is "." or "..");

    /// <summary>Splits what follows the scheme and <c>//</c> into authority, path and query, without their delimiters removed.</summary>
    public static (string Authority, string Path) SplitAuthority(string rest)
    {
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? "" : rest[end..];
        var query = tail.IndexOf('?', StringComparison.Ordinal);
        return (authority, query < 0 ? tail : tail[..query]);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelCharacters
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(character =>
            char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-'
        );
}
