using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Which addresses a route of an imported URL needs. No name is resolved: another machine may run the agent.</summary>
internal static class RouteAddress
{
    /// <summary>Host and port, without the scheme's own port.</summary>
    public static string ToAuthority(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    /// <summary>Whether the URL leads to this machine.</summary>
    public static bool IsLocal(Uri url) => url.IsLoopback;

    /// <summary>Whether the address is in the URL, so that it is known now.</summary>
    private static bool IsLiteral(Uri url) => url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    /// <summary>Writes <c>allowed_ranges</c> where the default is not right. False: the address is not known.</summary>
    public static bool MapRanges(Uri url, YamlMap target)
    {
        if (FindRanges(url) is not { } ranges)
        {
            return IsLiteral(url);
        }

        target.Set("allowed_ranges", ranges);
        return true;
    }

    /// <summary>The value of <c>allowed_ranges</c>; null where the default is right, or the address is not known.</summary>
    private static string[]? FindRanges(Uri url)
    {
        if (IsLocal(url))
        {
            return InitialFile.Loopback;
        }

        if (
            !IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            || (AddressRanges.TryParse(UpstreamReader.PrivateRanges, out var ranges, out _) && ranges.Contains(address))
        )
        {
            return null;
        }

        var length = address.GetAddressBytes().Length * 8;
        return [.. UpstreamReader.PrivateRanges, $"{address}/{length}"];
    }
}
