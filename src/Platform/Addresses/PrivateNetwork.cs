using System.Globalization;
using System.Net;

namespace Culvert.Platform.Addresses;

/// <summary>
/// A network in which records may name private targets (S27). Only one port is open, because the result of a fetch
/// reveals whether a port listens.
/// </summary>
/// <param name="Range">The addresses.</param>
/// <param name="Port">1 to 65535; null: every port.</param>
public readonly record struct PrivateNetwork(IPNetwork Range, int? Port)
{
    /// <summary>The open port when none is written.</summary>
    public const int UsualPort = 443;

    private const string EveryPort = "any";

    public bool Opens(int port) => Port is null || Port == port;

    /// <summary>For operators who configure both the ranges and the URLs: no other person chooses the port.</summary>
    public static IReadOnlyList<PrivateNetwork> WithEveryPort(AddressRanges ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        return [.. ranges.Ranges.Select(range => new PrivateNetwork(range, null))];
    }

    /// <summary>Reads <c>10.0.0.0/8</c> (port 443), <c>10.1.2.0/24:8443</c> or <c>127.0.0.0/8:any</c>.</summary>
    public static bool TryParse(string text, out PrivateNetwork network)
    {
        ArgumentNullException.ThrowIfNull(text);
        network = default;

        // The colon is searched after the length, to skip the colons of an IPv6 address.
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var colon = slash < 0 ? -1 : text.IndexOf(':', slash);
        if (!AddressRanges.TryParse(colon < 0 ? text : text[..colon], out var range))
        {
            return false;
        }

        var written = colon < 0 ? "" : text[(colon + 1)..];
        if (colon < 0 || written == EveryPort)
        {
            network = new PrivateNetwork(range, colon < 0 ? UsualPort : null);
            return true;
        }

        if (
            !int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535
        )
        {
            return false;
        }

        network = new PrivateNetwork(range, port);
        return true;
    }

    public override string ToString() =>
        Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{Range}:{port}") : $"{Range}:{EveryPort}";
}
