using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>One of the service's own certificates with its key, as it is sealed.</summary>
internal sealed record KeptCertificate
{
    public required string Names { get; init; }

    public required string Issuer { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required string KeyPem { get; init; }

    // Omits the key.
    public override string ToString() => $"{nameof(KeptCertificate)} {Certificate.Serial}";
}
