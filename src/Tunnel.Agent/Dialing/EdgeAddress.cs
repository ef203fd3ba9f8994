using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>An edge's dial address as the feed writes it: <c>host:port</c>, an IPv6 host in brackets.</summary>
internal static class EdgeAddress
{
    public static bool TryParse(string text, [NotNullWhen(true)] out string? host, out int port)
    {
        host = null;
        port = 0;
        var colon = text.LastIndexOf(':');
        if (
            colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65535
        )
        {
            return false;
        }

        var name = text[..colon];
        if (name.StartsWith('[') && name.EndsWith(']'))
        {
            name = name[1..^1];
        }
        else if (name.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        host = name.Length > 0 ? name : null;
        return host is not null;
    }
}
