using System.Net;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// The bound of S27 on an issuer's private allowance, checked when it is written down. The fetcher checks each
/// address again when it connects.
/// </summary>
internal static class PrivateTargets
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>
    /// Inside one of the installation's networks; never link-local or a cloud's metadata; loopback only if the
    /// installation names loopback itself, not merely a network around it.
    /// </summary>
    public static bool IsWithin(IPNetwork target, IEnumerable<IPNetwork> installation)
    {
        var kind = AddressClasses.Of(target.BaseAddress);
        if (kind is AddressClass.LinkLocal or AddressClass.CloudMetadata)
        {
            return false;
        }

        var isLoopback = Loopback.Any(loopback => Contains(loopback, target));
        return installation.Any(network =>
            Contains(network, target) && (!isLoopback || Loopback.Any(loopback => Contains(loopback, network)))
        );
    }

    private static bool Contains(IPNetwork outer, IPNetwork inner) =>
        outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);
}
