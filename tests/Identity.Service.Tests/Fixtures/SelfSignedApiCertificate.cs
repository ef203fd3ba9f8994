using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tests.Fixtures;

internal sealed class SelfSignedApiCertificate : IApiCertificate
{
    public SslStreamCertificateContext Api { get; } = Make();

    public SslStreamCertificateContext Machine => Api;

    private static SslStreamCertificateContext Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=identity.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("identity.test");
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return SslStreamCertificateContext.Create(
            request.CreateSelfSigned(now.AddHours(-1), now.AddHours(24)),
            additionalCertificates: null,
            offline: true
        );
    }
}
