using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityCustodies
{
    public static string ToFlag(AuthorityCustody custody) => WireNames.Get(custody).Replace('_', '-');
}
