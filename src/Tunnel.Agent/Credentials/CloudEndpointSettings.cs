using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Where a cloud's endpoints may be, and who may vouch for them.</summary>
/// <param name="AllowedRanges">Private addresses of the endpoints.</param>
/// <param name="Roots">The only trusted roots; null = the system's.</param>
internal sealed record CloudEndpointSettings(AddressRanges AllowedRanges, X509Certificate2Collection? Roots = null)
{
    public static readonly CloudEndpointSettings Public = new(AddressRanges.Empty);
}
