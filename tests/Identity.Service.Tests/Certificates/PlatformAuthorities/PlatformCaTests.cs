using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.PlatformAuthorities;

public sealed class PlatformCaTests
{
    [Fact]
    public async Task Get_WithoutCredential_ShowsTheRootAndItsFingerprint()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var client = service.Client(bearer: null);

        using var response = await client.GetAsync("/v1/platform_ca", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = await response.JsonAsync();
        body.GetProperty("type").GetString().ShouldBe("platform_ca");
        body.GetProperty("trust_domain").GetString().ShouldBe("identity.test");
        using var root = X509Certificate2.CreateFromPem(body.GetProperty("certificate_pem").GetString());
        body.GetProperty("sha256")
            .GetString()
            .ShouldBe(root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        root.NotAfter.ToUniversalTime().Year.ShouldBe(2035);
    }

    [Fact]
    public async Task Handshake_WithTheRootAlone_VerifiesChainAndNames()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var root = X509CertificateLoader.LoadCertificate(service.Get<PlatformCa>().Root.Encoded.Span);
        foreach (var host in new[] { "localhost", "127.0.0.1", "identity.test" })
        {
            // Throws unless chain and name hold.
            using var leaf = await HandshakeAsync(service, root, host);

            leaf.Issuer.ShouldContain("issuing");
        }
    }

    [Fact]
    public async Task Machine_Certificate_NamesTheService()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var machine = service.Get<IApiCertificate>().Machine.TargetCertificate;

        var names = ParsedCertificate
            .TryParse(machine.RawData)
            .ShouldNotBeNull()
            .SubjectAlternativeNames.ShouldNotBeNull();
        names.ShouldContain(name => name.Text == "spiffe://identity.test/service/node-1");
    }

    [Fact]
    public async Task Load_IssuingAuthorityPastTwoThirds_IsRenewedUnderTheSameRoot()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var platform = service.Get<PlatformCa>();
        var (root, before) = (platform.Root.Fingerprint, platform.Issuing.Certificate.Fingerprint);

        service.Time.JumpTo(service.Time.GetUtcNow().AddDays(59));
        await platform.LoadAsync(TestContext.Current.CancellationToken);
        platform.Issuing.Certificate.Fingerprint.ShouldBe(before);
        service.Time.JumpTo(service.Time.GetUtcNow().AddDays(2));
        await platform.LoadAsync(TestContext.Current.CancellationToken);

        platform.Issuing.Certificate.Fingerprint.ShouldNotBe(before);
        platform.Root.Fingerprint.ShouldBe(root);
    }

    private static async Task<X509Certificate2> HandshakeAsync(
        ServiceUnderTest service,
        X509Certificate2 root,
        string host
    )
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.ApiUrl.Port, TestContext.Current.CancellationToken);
        X509Certificate2? leaf = null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = service.Time.GetUtcNow().UtcDateTime,
        };
        policy.CustomTrustStore.Add(root);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, certificate, _, found) =>
                {
                    leaf = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                    return found == SslPolicyErrors.None;
                },
            },
            TestContext.Current.CancellationToken
        );
        return leaf!;
    }
}
