using System.Net;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

internal static class ServiceNames
{
    /// <summary>8443: the host of the public URL, and loopback for tools on the machine itself.</summary>
    public static GrantedNames OfApi(ServiceIdentity identity) => Collect([identity.PublicUrl]);

    /// <summary>8444: the same, and the URI by which machines recognize the service (S6).</summary>
    public static GrantedNames OfMachine(ServiceIdentity identity, StoreNode node) =>
        Collect([identity.PublicUrl, identity.MachineUrl]) with
        {
            Uris = [CreateIdentity(identity, node)],
        };

    public static string CreateIdentity(ServiceIdentity identity, StoreNode node) =>
        SpiffeId.Service(identity.TrustDomain, node.Name).ToString();

    private static GrantedNames Collect(string[] urls)
    {
        List<string> names = ["localhost"];
        List<IPAddress> addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (var url in urls)
        {
            var host = new Uri(url).IdnHost.Trim('[', ']');
            if (IPAddress.TryParse(host, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                names.Add(host);
            }
        }

        return new GrantedNames { Dns = [.. names.Distinct()], Addresses = [.. addresses.Distinct()] };
    }
}
