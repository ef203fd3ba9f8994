using Culvert.Ca.Orders;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The revocation addresses of a certificate, decided before it is signed.</summary>
internal interface IRevocationAddresses
{
    /// <summary>The CRL address that goes into the certificate; null for kinds that are not revoked by list.</summary>
    /// <param name="serial">Its <see cref="SerialNumber.LowBits"/> choose the shard.</param>
    string? FindList(CertificateKind kind, SigningAuthority authority, SerialNumber serial);

    /// <summary>The OCSP responder's address that goes into the certificate; null = none.</summary>
    string? FindResponder(CertificateKind kind, SigningAuthority authority);
}
