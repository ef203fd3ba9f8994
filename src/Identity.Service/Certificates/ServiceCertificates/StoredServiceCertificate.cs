using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>One of the service's own certificates with its key, as it is sealed.</summary>
internal sealed record StoredServiceCertificate(
    string Names,
    string Issuer,
    CertificateDocument Certificate,
    string KeyPem
)
{
    // Omits the key.
    public override string ToString() => $"{nameof(StoredServiceCertificate)} {Certificate.Serial}";
}
