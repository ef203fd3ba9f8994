using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// The addresses that the route of an imported URL needs. No name is resolved: another machine may run the agent.
/// </summary>
internal static class RouteAddress
{
    /// <summary>Host and port, without the default port of the scheme.</summary>
    public static string ToAuthority(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    /// <summary>
    /// Writes <c>allowed_ranges</c> if the default does not contain the address. False: the address is not known.
    /// </summary>
    public static bool MapRanges(Uri url, YamlMap target)
    {
        if (url.IsLoopback)
        {
            target.Set("allowed_ranges", InitialFile.Loopback);
            return true;
        }

        if (!IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
        {
            return false;
        }

        if (!AddressRanges.TryParse(UpstreamReader.PrivateRanges, out var ranges, out _) || !ranges.Contains(address))
        {
            var length = address.GetAddressBytes().Length * 8;
            target.Set("allowed_ranges", [.. UpstreamReader.PrivateRanges, $"{address}/{length}"]);
        }

        return true;
    }
}
