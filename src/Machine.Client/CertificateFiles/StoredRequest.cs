namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>A pending request, stored so that a repeat after a crash gets the certificate that was signed for it.</summary>
internal sealed record StoredRequest(string Url, string TunnelId, string Csr, string KeyPem)
{
    // Never prints the key.
    public override string ToString() => $"{nameof(StoredRequest)} {TunnelId}";
}
