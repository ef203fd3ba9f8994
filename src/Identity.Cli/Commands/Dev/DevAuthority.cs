using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The enterprise root of a development system: signs the tunnel's authority and a server certificate.</summary>
internal sealed class DevAuthority : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5); // for a clock that is set back a little

    private readonly ECDsa key;
    private readonly X509Certificate2 root;

    private DevAuthority(ECDsa key, X509Certificate2 root) => (this.key, this.root) = (key, root);

    public string RootPem => root.ExportCertificatePem() + "\n";

    public static DevAuthority Create(TimeProvider time)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=culvert dev", key, HashAlgorithmName.SHA256);
        AddAuthority(request, pathLength: null);
        var now = time.GetUtcNow();
        return new DevAuthority(key, request.CreateSelfSigned(now - Backdate, now + Life));
    }

    /// <summary>Signs the tunnel's authority, which may sign only leaves.</summary>
    /// <returns>The certificate with the root, and its fingerprint.</returns>
    public (string ChainPem, string Fingerprint) SignAuthority(string requestPem)
    {
        var request = CertificateRequest.LoadSigningRequestPem(
            requestPem,
            HashAlgorithmName.SHA256,
            CertificateRequestLoadOptions.Default
        );
        AddAuthority(request, pathLength: 0);
        using var signed = Sign(request);
        return (
            signed.ExportCertificatePem() + "\n" + RootPem,
            signed.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()
        );
    }

    public X509Certificate2 IssueLoopbackServer()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // id-kp-serverAuth, RFC 5280 §4.2.1.12
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        using var signed = Sign(request);
        return signed.CopyWithPrivateKey(own);
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
    }

    private static void AddAuthority(CertificateRequest request, int? pathLength)
    {
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private X509Certificate2 Sign(CertificateRequest request)
    {
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, includeIssuerAndSerial: false)
        );
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40); // positive, and of constant length
        return request.Create(root, root.NotBefore, root.NotAfter, serial);
    }
}
