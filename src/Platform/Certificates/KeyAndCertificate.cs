using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Platform.Certificates;

/// <summary>
/// A certificate with its private key and intermediates. Immutable; connections that still use it after a renewal keep
/// it alive, so a replacement does not dispose of it.
/// </summary>
public sealed class KeyAndCertificate
{
    private readonly AsymmetricAlgorithm key;

    private KeyAndCertificate(AsymmetricAlgorithm key, X509Certificate2 leaf, IEnumerable<X509Certificate2> chain)
    {
        this.key = key;
        Certificate = leaf;

        // S11: a self-signed root is never sent. It would also hide the link certificate, as the shorter chain wins.
        Chain = [.. chain.Where(c => !CertificateNames.IsSelfSigned(c))];
        Context = SslStreamCertificateContext.Create(leaf, [.. Chain], offline: true);
        Serial = CertificateNames.Serial(leaf);
        NotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The intermediates, nearest to the leaf first, without a root.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>For <see cref="SslStream"/>, built once: otherwise each handshake would build the chain again.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Lower-case hex, as on the wire.</summary>
    public string Serial { get; }

    public DateTimeOffset NotBefore { get; }

    /// <summary>The last second of validity, inclusive (RFC 5280 §4.1.2.5).</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Combines an issued certificate with the key of its request.</summary>
    /// <exception cref="CertificateUnusableException">The PEM cannot be read, or the key does not match.</exception>
    public static KeyAndCertificate Create(CertificateDocument issued, AsymmetricAlgorithm key) =>
        Create(issued.CertificatePem, issued.ChainPem, key);

    /// <summary>Combines a leaf and its intermediates with their key, which then belongs to the result.</summary>
    /// <exception cref="CertificateUnusableException">The PEM cannot be read, or the key does not match.</exception>
    public static KeyAndCertificate Create(string certificatePem, string chainPem, AsymmetricAlgorithm key)
    {
        if (!CertificatePem.TryRead(certificatePem + "\n" + chainPem, out var certificates))
        {
            throw new CertificateUnusableException("The certificate is not PEM.");
        }

        try
        {
            var leaf = key switch
            {
                ECDsa ec => certificates[0].CopyWithPrivateKey(ec),
                RSA rsa => certificates[0].CopyWithPrivateKey(rsa),
                _ => throw new CertificateUnusableException("Only ECDSA and RSA keys are supported."),
            };
            return new KeyAndCertificate(key, leaf, certificates.Skip(1));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or CryptographicException)
        {
            throw new CertificateUnusableException("The private key does not belong to the certificate.", e);
        }
    }

    /// <summary>Reads a pair from PEM: the leaf, then its chain, and an unencrypted private key.</summary>
    /// <exception cref="CertificateUnusableException">A part cannot be read, or the key does not match.</exception>
    public static KeyAndCertificate FromPem(string certificatesPem, string keyPem) =>
        Create(certificatesPem, "", ReadKey(keyPem));

    /// <summary>The private key as PKCS#8 PEM, only for a file of mode 0600.</summary>
    public string ExportPrivateKeyPem() => key.ExportPkcs8PrivateKeyPem();

    public string ExportCertificatesPem() => CertificatePem.Write([Certificate, .. Chain]);

    // Never prints the private key.
    public override string ToString() => $"{nameof(KeyAndCertificate)} {Serial}";

    internal static AsymmetricAlgorithm? TryReadKey(string pem) =>
        TryImport(ECDsa.Create(), pem) ?? TryImport(RSA.Create(), pem);

    private static AsymmetricAlgorithm ReadKey(string pem) =>
        TryReadKey(pem)
        ?? throw new CertificateUnusableException("The private key is not an unencrypted ECDSA or RSA key in PEM.");

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }
}
