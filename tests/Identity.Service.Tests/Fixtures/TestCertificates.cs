using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Certificates as an enterprise would bring them.</summary>
internal static class TestCertificates
{
    /// <summary>A CA certificate that meets every rule; PEM.</summary>
    public static string Authority(string name = "Example Root", DateTimeOffset? now = null, int days = 365)
    {
        var start = now ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Authority(name, key, start, days);
    }

    /// <summary>The same for a key of the caller's.</summary>
    public static string Authority(string name, ECDsa key, DateTimeOffset? now = null, int days = 365)
    {
        var start = now ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(start.AddDays(-1), start.AddDays(days));
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>A client certificate with its key; only its bytes matter to a scripted verifier.</summary>
    public static X509Certificate2 Client(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(24));
    }
}
