using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The spelling of custodies elsewhere than in the store and on the wire.</summary>
internal static class AuthorityCustodies
{
    /// <summary>As the command line spells it.</summary>
    public static string ToFlag(AuthorityCustody custody) => WireNames.Of(custody).Replace('_', '-');
}
