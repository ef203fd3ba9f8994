using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Certificates;

/// <summary>
/// A key whose certificate is pending. A request whose answer was lost is repeated with the same key and text, so that
/// the service returns the certificate that it has signed.
/// </summary>
public sealed class PendingRequest
{
    private PendingRequest(AsymmetricAlgorithm key, string csr)
    {
        Key = key;
        Csr = csr;
        // The text differs for each key and is the same for repeats, so its hash identifies the request.
        IdempotencyKey = "csr-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(csr)));
    }

    /// <summary>Owned by the caller that receives the certificate; otherwise garbage-collected.</summary>
    public AsymmetricAlgorithm Key { get; }

    /// <summary>PKCS#10 as PEM.</summary>
    public string Csr { get; }

    /// <summary>The <c>Idempotency-Key</c> header: the same for all repeats of the request.</summary>
    public string IdempotencyKey { get; }

    public static PendingRequest Create(KeyType type = KeyType.EcdsaP256)
    {
        var key = CertificateRequests.NewKey(type);
        return new PendingRequest(key, CertificateRequests.Create(key));
    }

    /// <summary>Restores the request of an earlier run; null when it cannot be read.</summary>
    public static PendingRequest? Restore(string keyPem, string csr) =>
        KeyAndCertificate.TryReadKey(keyPem) is { } key ? new PendingRequest(key, csr) : null;

    /// <summary>PKCS#8 PEM, only for a file of mode 0600.</summary>
    public string ExportPrivateKeyPem() => Key.ExportPkcs8PrivateKeyPem();

    // Never prints the key.
    public override string ToString() => IdempotencyKey;
}
