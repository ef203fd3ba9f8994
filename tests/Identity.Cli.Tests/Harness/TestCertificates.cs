using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>A root and a server certificate for loopback, made once per test run.</summary>
internal sealed class TestCertificates
{
    public static TestCertificates Shared { get; } = new();

    public X509Certificate2 Root { get; }

    public X509Certificate2 Server { get; }

    public string RootSha256 => Convert.ToHexStringLower(SHA256.HashData(Root.RawData));

    private TestCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = SelfSigned(rootKey);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("docs.test"); // a route of a tunnel
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var leaf = request.Create(Root, now.AddMinutes(-5), now.AddHours(12), [1, 2, 3, 4]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        Server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);

        // Every server reads them. .NET decodes them at the first read, and another thread that reads at that moment
        // may see none.
        _ = Server.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages;
    }

    /// <summary>A root of the same name that signed nothing here.</summary>
    public static X509Certificate2 OtherRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SelfSigned(key);
    }

    private static X509Certificate2 SelfSigned(ECDsa key)
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=CLI test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
