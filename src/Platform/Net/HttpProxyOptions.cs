using System.Globalization;
using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Net;

/// <summary>An HTTP proxy used by CONNECT (RFC 9110 §9.3.6).</summary>
public sealed record HttpProxyOptions
{
    /// <summary>http or https, without user information.</summary>
    public required Uri Url { get; init; }

    /// <summary>Empty: no credentials are sent.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Read at each use.</summary>
    public SecretReference? Password { get; init; }

    /// <summary>The password of a URL in the environment; null when there is none.</summary>
    internal string? EnvironmentPassword { get; init; }

    public bool HasEnvironmentPassword => EnvironmentPassword is not null;

    /// <summary>Hosts that are dialled directly: names with subdomains, addresses, ranges, with or without port.</summary>
    public IReadOnlyList<string> NoProxy { get; init; } = [];

    public bool AppliesTo(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        var bare = HostName.WithoutRootDot(host.Trim('[', ']')).ToString();
        return !NoProxy.Any(entry => Names(entry, bare, port));
    }

    /// <summary>Whether an entry of <see cref="NoProxy"/> is valid; an invalid one matches no host.</summary>
    internal static bool IsEntry(string entry) => TryRead(entry, out _, out _);

    private static bool Names(string entry, string host, int port)
    {
        if (!TryRead(entry, out var named, out var only) || (only is not null && only != port))
        {
            return false;
        }

        if (named is "*")
        {
            return true;
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return AddressRanges.TryParse(named, out var range) && range.Contains(AddressRanges.Normalise(address));
        }

        return host.Equals(named, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + named, StringComparison.OrdinalIgnoreCase);
    }

    // Returns the name without the leading dot or star, or the address without brackets, and the port if there is one.
    private static bool TryRead(string entry, out string named, out int? port)
    {
        var text = entry.Trim();
        port = null;
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && (text[..colon].EndsWith(']') || text.IndexOf(':', StringComparison.Ordinal) == colon))
        {
            _ = ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            (port, text) = (number, text[..colon]);
        }

        named = text is "*"
            ? text
            : HostName.WithoutRootDot(text.Trim('[', ']').TrimStart('*').TrimStart('.')).ToString();
        return port != 0
            && (
                named is "*"
                || AddressRanges.TryParse(named, out _)
                || (named.Length > 0 && named.All(c => char.IsLetterOrDigit(c) || c is '-' or '.' or '_'))
            );
    }

    public override string ToString() => Url.GetLeftPart(UriPartial.Authority);
}
