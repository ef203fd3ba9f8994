using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>What certificates for inner TLS look like in this installation.</summary>
internal sealed class ServerProfile(Derived<CertificateOptions, CertificateProfiles> profiles)
{
    public CertificateProfile Profile => profiles.Value.Server;

    /// <summary>The leaf that proves an authority usable.</summary>
    public CertificateProfile Trial => profiles.Value.Trial;

    /// <summary>The tunnel's domain and its wildcard, and nothing else (design §11).</summary>
    public static GrantedNames GetNames(Tunnel tunnel) => GetNames(tunnel.Domain);

    /// <summary>The same of a domain that a provider gave one of its tunnels, which an operator approved for this one.</summary>
    public static GrantedNames GetNames(string domain) => new() { Dns = [domain, $"*.{domain}"] };
}
