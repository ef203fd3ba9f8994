using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <summary>The inner-TLS credential in the state directory, for a restart while the service is unreachable.</summary>
internal sealed record StoredServerCertificate(
    string Url,
    string Subject,
    CertificateDocument Certificate,
    string KeyPem
)
{
    // Never prints the key.
    public override string ToString() => $"{nameof(StoredServerCertificate)} {Certificate.Serial}";
}
