using Culvert.Ca.Issuance;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Which revocation list will hold a certificate, decided before it is signed.</summary>
internal interface ICrlDistributionPoints
{
    /// <summary>The address that goes into the certificate; null for kinds that are not revoked by list.</summary>
    /// <param name="kind">What is issued.</param>
    /// <param name="authority">Who signs.</param>
    /// <param name="serial">Its <see cref="SerialNumber.LowBits"/> choose the shard.</param>
    string? Find(CertificateKind kind, SigningAuthority authority, SerialNumber serial);
}
