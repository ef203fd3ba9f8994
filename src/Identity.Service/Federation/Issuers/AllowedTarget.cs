using System.Globalization;
using System.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Addresses and a port from which an issuer's keys may be fetched although they are not public (S27).</summary>
internal readonly record struct AllowedTarget(IPNetwork Network, int Port)
{
    public bool Covers(IPAddress address, int port) => Port == port && Network.Contains(address);

    /// <summary>The port follows the last colon, as in <c>fd00::/8:8443</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}:{Port}");

    public static AllowedTarget Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return new AllowedTarget(
            IPNetwork.Parse(text.AsSpan(0, colon)),
            int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture)
        );
    }
}
