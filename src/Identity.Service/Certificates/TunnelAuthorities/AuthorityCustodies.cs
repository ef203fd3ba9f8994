using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityCustodies
{
    public static string ToFlag(AuthorityCustody custody) => WireNames.Of(custody).Replace('_', '-');
}
