namespace Culvert.Identity.Service.Hosting;

/// <summary>Absolute paths of a PEM chain (leaf first) and its key.</summary>
internal sealed record CertificatePair(string CertificateFile, string KeyFile);
