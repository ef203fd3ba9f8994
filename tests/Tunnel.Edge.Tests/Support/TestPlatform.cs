using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>A platform CA of a root and an issuing authority, and certificates from it.</summary>
internal sealed class TestPlatform
{
    public const string TrustDomain = "identity.test";
    public const string Organization = "11111111-1111-1111-1111-111111111111";
    public const string TunnelId = "tnl_010000000000000000000001";
    public const string Domain = "t1.tunnel.test";

    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-1);
    private static readonly DateTimeOffset End = Start.AddDays(30);
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 issuing;
    private readonly ECDsa issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestPlatform()
    {
        var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        root = Authority("CN=root", rootKey).CreateSelfSigned(Start, End);
        issuing = Authority("CN=issuing", issuingKey)
            .Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), Start, End, Serial());
    }

    public string TrustPem => root.ExportCertificatePem();

    public PlatformTrust Trust =>
        PlatformTrust.TryCreate(TrustDomain, TrustPem, out var trust) ? trust : throw new InvalidOperationException();

    public KeyAndCertificate Edge(string id = "edge_01") =>
        Issue($"spiffe://{TrustDomain}/edge/{id}", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

    public KeyAndCertificate Agent(
        string instance = "a1",
        string tunnel = TunnelId,
        string organization = Organization,
        DateTimeOffset? notAfter = null,
        DateTimeOffset? notBefore = null
    ) =>
        Issue(
            $"spiffe://{TrustDomain}/o/{organization}/t/{tunnel}/agent/{instance}",
            notBefore,
            notAfter,
            "1.3.6.1.5.5.7.3.2"
        );

    public KeyAndCertificate Issue(string uri, params string[] usages) => Issue(uri, null, null, usages);

    private KeyAndCertificate Issue(
        string uri,
        DateTimeOffset? notBefore,
        DateTimeOffset? notAfter,
        params string[] usages
    )
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. usages.Select(u => new Oid(u))], false)
        );
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(uri));
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build(critical: true));
        var leaf = request.Create(
            issuing.SubjectName,
            X509SignatureGenerator.CreateForECDsa(issuingKey),
            notBefore ?? Start,
            notAfter ?? End.AddDays(-1),
            Serial()
        );
        return KeyAndCertificate.Create(leaf.ExportCertificatePem(), issuing.ExportCertificatePem(), key);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
