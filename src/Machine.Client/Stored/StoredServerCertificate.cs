using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <summary>The inner-TLS credential in the state directory: it bridges a restart while the service is away.</summary>
internal sealed record StoredServerCertificate
{
    public required string Url { get; init; }

    public required string Subject { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required string KeyPem { get; init; }

    // Never the key.
    public override string ToString() => $"{nameof(StoredServerCertificate)} {Certificate.Serial}";
}
