namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <param name="Fingerprint">SHA-256 of the certificate, obtained out of band by the confirming administrator.</param>
internal sealed record ConfirmCertificateRequest(string Fingerprint);
