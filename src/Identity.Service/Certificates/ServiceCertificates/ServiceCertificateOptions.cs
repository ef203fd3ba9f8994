namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <param name="Configured">PEM files of 8443's own certificate; null = the platform CA issues one.</param>
internal sealed record ServiceCertificateOptions(CertificatePair? Configured);
