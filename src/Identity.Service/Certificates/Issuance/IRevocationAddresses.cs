using Culvert.Ca.Orders;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal interface IRevocationAddresses
{
    /// <summary>The CRL address for the certificate; null for kinds that are not revoked by list.</summary>
    /// <param name="serial">Its <see cref="SerialNumber.LowBits"/> choose the shard.</param>
    string? FindList(CertificateKind kind, SigningAuthority authority, SerialNumber serial);

    string? FindResponder(CertificateKind kind, SigningAuthority authority);
}
