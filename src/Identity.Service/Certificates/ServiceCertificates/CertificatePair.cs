namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>Absolute paths of a PEM chain (leaf first) and its key.</summary>
internal sealed record CertificatePair(string CertificateFile, string KeyFile);
