using Culvert.Ca.Issuance;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>An installation that publishes no revocation lists.</summary>
internal sealed class NoCrlDistributionPoints : ICrlDistributionPoints
{
    public string? Find(CertificateKind kind, SigningAuthority authority, SerialNumber serial) => null;
}
