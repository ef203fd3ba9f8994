using Culvert.Ca.Orders;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Where verifiers learn whether a certificate is revoked, decided before it is signed.</summary>
internal interface IRevocationAddresses
{
    /// <summary>The list that goes into the certificate; null for kinds that are not revoked by list.</summary>
    /// <param name="kind">What is issued.</param>
    /// <param name="authority">Who signs.</param>
    /// <param name="serial">Its <see cref="SerialNumber.LowBits"/> choose the shard.</param>
    string? FindList(CertificateKind kind, SigningAuthority authority, SerialNumber serial);

    /// <summary>The OCSP responder that goes into the certificate; null = none does.</summary>
    /// <param name="kind">What is issued.</param>
    /// <param name="authority">Who signs.</param>
    string? FindResponder(CertificateKind kind, SigningAuthority authority);
}
