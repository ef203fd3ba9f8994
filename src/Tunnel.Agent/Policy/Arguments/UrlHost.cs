using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// An entry of <c>hosts</c>: <c>api.example.com</c>, <c>*.example.com</c> or an address, with optional port.
/// </summary>
/// <param name="Name">Without <c>*.</c> and port.</param>
/// <param name="IsWildcard">Matches names below it, at any depth, but not the name itself.</param>
/// <param name="Port">Null for the scheme's default.</param>
internal sealed record UrlHost(string Name, bool IsWildcard, int? Port)
{
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    private const int MaxNameCharacters = 253; // RFC 1035 §2.3.4
    private const int MaxLabelCharacters = 63;

    public static bool TryParse(string text, [NotNullWhen(true)] out UrlHost? host)
    {
        host = null;
        int? port = null;
        var name = text;
        var colon = text.StartsWith('[') ? text.LastIndexOf("]:", StringComparison.Ordinal) + 1 : text.LastIndexOf(':');
        if (colon > 0)
        {
            if (
                !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 65535
            )
            {
                return false;
            }

            (port, name) = (number, text[..colon]);
        }

        var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
        name = isWildcard ? name[2..] : name;
        if (!IsName(name) && (isWildcard || !IsAddress(name)))
        {
            return false;
        }

        host = new UrlHost(name, isWildcard, port);
        return true;
    }

    public bool Matches(ReadOnlySpan<char> host, int port, int defaultPort) =>
        port == (Port ?? defaultPort)
        && (
            IsWildcard
                ? host.Length > Name.Length + 1 && host.EndsWith(Name) && host[^(Name.Length + 1)] == '.'
                : host.SequenceEqual(Name)
        );

    /// <summary>
    /// A DNS name in lower case, with A-labels, without final dot. Its last label is not numeric: parsers take 0x7f.1,
    /// 127.1 and 2130706433 for addresses (WHATWG URL §3.5).
    /// </summary>
    internal static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxNameCharacters)
        {
            return false;
        }

        var last = text;
        foreach (var range in text.Split('.'))
        {
            last = text[range];
            if (
                last.Length is 0 or > MaxLabelCharacters
                || last.ContainsAnyExcept(LabelCharacters)
                || last[0] == '-'
                || last[^1] == '-'
            )
            {
                return false;
            }
        }

        return last.ContainsAnyExceptInRange('0', '9') && !last.StartsWith("0x");
    }

    /// <summary>Four decimal numbers, or IPv6 between brackets in the form of RFC 5952.</summary>
    internal static bool IsAddress(ReadOnlySpan<char> text) =>
        text is ['[', .. var inner, ']']
            ? AddressCondition.TryParse(inner.ToString(), out var address)
                && inner.Contains(':')
                && inner.SequenceEqual(address.ToString())
            : !text.Contains(':') && AddressCondition.TryParse(text.ToString(), out _);
}
