using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <summary>The inner-TLS credential in the state directory, for a restart while the service is unreachable.</summary>
internal sealed record StoredServerCertificate
{
    public required string Url { get; init; }

    public required string Subject { get; init; }

    public required CertificateDocument Certificate { get; init; }

    public required string KeyPem { get; init; }

    // Never prints the key.
    public override string ToString() => $"{nameof(StoredServerCertificate)} {Certificate.Serial}";
}
