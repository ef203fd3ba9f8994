using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>An enterprise's root, played by the platform's own X.509 code: it shares nothing with ours.</summary>
internal sealed class OfflineRoot : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly DateTimeOffset now;

    public OfflineRoot(DateTimeOffset now)
    {
        this.now = now;
        var request = new CertificateRequest("CN=Offline root", key, HashAlgorithmName.SHA384);
        AddAuthority(request, pathLength: null, request.PublicKey);
        Certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(3650));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>For other programs that play the enterprise.</summary>
    public string ExportKeyPem() => key.ExportPkcs8PrivateKeyPem();

    /// <summary>Signs the request; PEM of the new certificate and the root.</summary>
    public string Sign(string csr, TimeSpan? life = null, string? purpose = null)
    {
        using var issued = SignAlone(csr, life, purpose: purpose);
        return issued.ExportCertificatePem() + "\n" + Certificate.ExportCertificatePem() + "\n";
    }

    public X509Certificate2 SignAlone(
        string csr,
        TimeSpan? life = null,
        byte[]? subjectKeyIdentifier = null,
        string? purpose = null
    )
    {
        var asked = CertificateRequest.LoadSigningRequestPem(csr, HashAlgorithmName.SHA256);
        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA384);
        AddAuthority(request, pathLength: 0, asked.PublicKey, subjectKeyIdentifier);
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false)
        );
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        }

        var generator = X509SignatureGenerator.CreateForECDsa(key);
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] = (byte)(serial[0] & 0x7f | 0x01);
        return request.Create(Certificate.SubjectName, generator, now, now + (life ?? TimeSpan.FromDays(365)), serial);
    }

    /// <summary>As <see cref="Sign"/>, with a subject key identifier of the signer's own choosing.</summary>
    public string SignAs(string csr, byte[] subjectKeyIdentifier)
    {
        using var issued = SignAlone(csr, life: null, subjectKeyIdentifier);
        return issued.ExportCertificatePem() + "\n" + Certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>As openssl x509 -fingerprint prints it: upper case with colons.</summary>
    public static string Fingerprint(string chain)
    {
        using var first = X509Certificate2.CreateFromPem(chain);
        return string.Join(':', SHA256.HashData(first.RawData).Select(octet => octet.ToString("X2")));
    }

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }

    private static void AddAuthority(
        CertificateRequest request,
        int? pathLength,
        PublicKey publicKey,
        byte[]? subjectKeyIdentifier = null
    )
    {
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(
            subjectKeyIdentifier is null
                ? new X509SubjectKeyIdentifierExtension(publicKey, critical: false)
                : new X509SubjectKeyIdentifierExtension(subjectKeyIdentifier, critical: false)
        );
    }
}
