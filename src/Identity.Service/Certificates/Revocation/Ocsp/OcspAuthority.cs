using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <param name="Record">Null for the platform CA.</param>
internal sealed record OcspAuthority(SigningAuthority Signing, TunnelAuthority? Record)
{
    public string Name => Record?.Id.Value ?? OcspAuthorities.PlatformName;
}
