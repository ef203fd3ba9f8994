using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed class ServerProfile(Derived<CertificateOptions, CertificateProfiles> profiles)
{
    public CertificateProfile Profile => profiles.Value.Server;

    public CertificateProfile Trial => profiles.Value.Trial;

    /// <summary>Only the tunnel's domain and its wildcard (design §11).</summary>
    public static GrantedNames GetNames(Tunnel tunnel) => GetNames(tunnel.Domain);

    /// <summary>For a domain that a provider gave one of its tunnels, and that an operator approved for this one.</summary>
    public static GrantedNames GetNames(string domain) => new() { Dns = [domain, $"*.{domain}"] };
}
