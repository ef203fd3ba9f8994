using System.Globalization;
using System.Net;

namespace Culvert.Platform.Addresses;

/// <summary>A dial target, written <c>host:port</c>, an IPv6 host in brackets (RFC 3986 §3.2.2).</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct HostPort(string Host, int Port)
{
    /// <summary>Splits the text; the caller validates the host name.</summary>
    public static bool TryParse(string? text, out HostPort parsed)
    {
        parsed = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (
            colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0
        )
        {
            return false;
        }

        var host = text![..colon];
        var isBracketed = host is ['[', .., ']'];
        host = isBracketed ? host[1..^1] : host;
        if (
            isBracketed != host.Contains(':', StringComparison.Ordinal)
            || (isBracketed && !IPAddress.TryParse(host, out _))
        )
        {
            return false;
        }

        parsed = new HostPort(host, port);
        return true;
    }

    public EndPoint ToEndPoint() =>
        IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
}
