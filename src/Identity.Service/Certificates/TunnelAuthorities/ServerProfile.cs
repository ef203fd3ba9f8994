using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>What certificates for inner TLS look like in this installation.</summary>
internal sealed class ServerProfile(ServiceOptions options)
{
    public CertificateProfile Profile { get; } =
        CertificateProfile.CreateValid(
            StandardProfiles.Server(options.Certificates.ServerLife) with
            {
                MaxLife = options.Certificates.ServerLifeMax,
                Backdate = options.Certificates.Backdate,
            }
        );

    /// <summary>The tunnel's domain and its wildcard, and nothing else (design §11).</summary>
    public static GrantedNames NamesOf(Tunnel tunnel) => new() { Dns = [tunnel.Domain, $"*.{tunnel.Domain}"] };
}
