namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>A pending request, stored so that a repeat after a crash gets the certificate that was signed for it.</summary>
internal sealed record StoredRequest
{
    public required string Url { get; init; }

    public required string TunnelId { get; init; }

    public required string Csr { get; init; }

    public required string KeyPem { get; init; }

    // Never prints the key.
    public override string ToString() => $"{nameof(StoredRequest)} {TunnelId}";
}
