using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

public sealed class ServiceHostTests
{
    [Fact]
    public async Task Get_OrganizationWithAdminKey_AnswersWithIdsInHeaders()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.GetAsync(
            "/v1/organizations/current",
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var organization = await response.JsonAsync();
        organization.GetProperty("name").GetString().ShouldBe("Example");
        response.Header("request-id").ShouldStartWith("req_01");
        response.Header("anthropic-organization-id").ShouldBe(organization.GetProperty("id").GetString());
    }

    // Any client may connect to 8444 and present a certificate. Its URLs must not become requests of this machine.
    [Fact]
    public async Task Machine_StrangerNamesAnIssuerUrl_IsNotFollowed()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)inside.LocalEndpoint).Port}/admin";
        using var certificate = new TestPki(TimeProvider.System.GetUtcNow()).Issue(
            uri: "spiffe://identity.test/edge/edge_01",
            edit: r => r.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [url]))
        );
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.MachineUrl.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true },
            RemoteCertificateValidationCallback = (_, server, _, _) => server is not null,
        };

        await TlsRefusal.ExpectAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);

            // TLS 1.3: the client finishes before the server has judged its certificate.
            await tls.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        });

        inside.Pending().ShouldBeFalse();
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, false)]
    public async Task Api_Tls12_TakesAuthenticatedCipherSuitesAlone(TlsCipherSuite suite, bool isTaken)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.ApiUrl.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.Tls12,
            CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
            RemoteCertificateValidationCallback = (_, server, _, _) => server is not null,
        };

        if (isTaken)
        {
            await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            tls.NegotiatedCipherSuite.ShouldBe(suite);
        }
        else
        {
            await TlsRefusal.ExpectAsync(() =>
                tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken)
            );
        }
    }

    [Theory]
    [InlineData("/console/sign-in")]
    [InlineData("/v1/oauth/jwks")]
    [InlineData("/nothing")]
    public async Task Get_Any_IsForTlsAloneFromThenOn(string path)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var client = service.Client(bearer: null);

        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);

        response.Header("Strict-Transport-Security").ShouldBe("max-age=31536000");
    }

    [Fact]
    public async Task Get_WithoutCredential_Is401Envelope()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var client = service.Client(bearer: null);

        using var response = await client.GetAsync("/v1/audit", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var body = await response.JsonAsync();
        body.GetProperty("type").GetString().ShouldBe("error");
        body.GetProperty("error").GetProperty("type").GetString().ShouldBe("authentication_error");
        body.GetProperty("request_id").GetString().ShouldBe(response.Header("request-id"));
        (await response.ErrorCodeAsync()).ShouldBe("auth.missing");
    }

    [Fact]
    public async Task Get_UnknownPath_Is404Envelope()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.GetAsync("/v1/nothing", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.ErrorCodeAsync()).ShouldBe("request.not_found");
    }
}
