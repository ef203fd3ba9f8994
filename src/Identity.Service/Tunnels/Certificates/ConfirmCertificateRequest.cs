namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record ConfirmCertificateRequest
{
    /// <summary>SHA-256 of the certificate, obtained out of band by the confirming administrator.</summary>
    public required string Fingerprint { get; init; }
}
