using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityChains
{
    /// <summary>The authority's certificate first, the root last.</summary>
    public static List<ParsedCertificate> Read(TunnelAuthority authority) =>
        CertificatePem.TryRead(authority.ChainPem, out var certificates)
            ? [.. certificates.Select(certificate => ParsedCertificate.TryParse(certificate.RawData)!)]
            : throw new StoreException("A stored chain of an authority cannot be read.");

    public static string Write(IEnumerable<ParsedCertificate> chain) =>
        string.Concat(chain.Select(certificate => certificate.ToPem()));
}
