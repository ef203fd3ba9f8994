using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Certificates;

/// <summary>
/// A key that waits for its certificate. A request whose answer was lost is repeated with the very same key and text, so
/// that the service gives the certificate that it has signed instead of signing a second one.
/// </summary>
public sealed class PendingRequest
{
    private PendingRequest(AsymmetricAlgorithm key, string csr)
    {
        Key = key;
        Csr = csr;
        // The text is different for each key, and stays the same over repeats: its hash is all the name that is needed.
        IdempotencyKey = "csr-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(csr)));
    }

    /// <summary>Belongs to the caller that receives the certificate, and otherwise to the collector.</summary>
    public AsymmetricAlgorithm Key { get; }

    /// <summary>PKCS#10 as PEM.</summary>
    public string Csr { get; }

    /// <summary>For the header of the same name: one request of the sender, however often it is sent.</summary>
    public string IdempotencyKey { get; }

    public static PendingRequest Create(KeyType type = KeyType.EcdsaP256)
    {
        var key = CertificateRequests.NewKey(type);
        return new PendingRequest(key, CertificateRequests.Create(key));
    }

    /// <summary>What was kept by an earlier run; null when it cannot be read, and is worth nothing then.</summary>
    public static PendingRequest? Restore(string keyPem, string csr) =>
        KeyAndCertificate.TryReadKey(keyPem) is { } key ? new PendingRequest(key, csr) : null;

    /// <summary>PKCS#8 PEM, for a 0600 file and nothing else.</summary>
    public string ExportPrivateKeyPem() => Key.ExportPkcs8PrivateKeyPem();

    // Never the key.
    public override string ToString() => IdempotencyKey;
}
