using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>The content of a sealed file: one of the service's own certificates, with its private key.</summary>
/// <param name="Names">The host names and addresses for which the certificate was issued.</param>
internal sealed record StoredServiceCertificate(
    string Names,
    string Issuer,
    CertificateDocument Certificate,
    string KeyPem
)
{
    // The text must not contain the private key.
    public override string ToString() => $"{nameof(StoredServiceCertificate)} {Certificate.Serial}";
}
