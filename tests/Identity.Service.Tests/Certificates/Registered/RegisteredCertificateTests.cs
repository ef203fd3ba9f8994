using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Registered;

public sealed class RegisteredCertificateTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Valid_ShowsFingerprintAndEnd()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        var pem = TestCertificates.Authority();
        using var certificate = X509Certificate2.CreateFromPem(pem);

        var registered = await service.Api.PostOkAsync(path + "/certificates", TunnelEndpointsTests.Pem(pem));

        registered.Id().ShouldStartWith("tcrt_01");
        registered.Text("type").ShouldBe("tunnel_certificate");
        registered.Text("tunnel_id").ShouldBe(path[(path.LastIndexOf('/') + 1)..]);
        registered
            .Text("fingerprint")
            .ShouldBe(certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant());
        registered.Text("expires_at").ShouldBe("2027-01-01T00:00:00Z");
        (await service.Api.GetOkAsync(path + "/certificates/" + registered.Id()))
            .ToString()
            .ShouldBe(registered.ToString());
    }

    [Fact]
    public async Task Create_SameAgain_GivesTheExistingRecord()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        var body = TunnelEndpointsTests.Pem(TestCertificates.Authority());

        var first = await service.Api.PostOkAsync(path + "/certificates", body);
        var second = await service.Api.PostOkAsync(path + "/certificates", body);

        second.Id().ShouldBe(first.Id());
        (await service.Api.GetOkAsync(path + "/trust_bundle")).GetProperty("epoch").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Create_SameOnAnotherTunnel_IsAccepted()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var body = TunnelEndpointsTests.Pem(TestCertificates.Authority());

        var first = await service.Api.PostOkAsync(await TunnelAsync(service) + "/certificates", body);
        var second = await service.Api.PostOkAsync(await TunnelAsync(service) + "/certificates", body);

        second.Id().ShouldNotBe(first.Id());
    }

    [Fact]
    public async Task Create_Third_IsRefusedUntilOneIsArchived()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        var first = await RegisterAsync(service, path, "one");
        await RegisterAsync(service, path, "two");
        var third = TunnelEndpointsTests.Pem(TestCertificates.Authority("three"));

        await service
            .Api.PostAsync(path + "/certificates", third)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel_certificate.limit");
        await service.Api.PostOkAsync($"{path}/certificates/{first}/archive");
        await service.Api.PostOkAsync(path + "/certificates", third);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_ManyAtOnce_KeepTheTwoSlots()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    service.Api.PostAsync(
                        path + "/certificates",
                        TunnelEndpointsTests.Pem(TestCertificates.Authority($"CA {i}"))
                    )
                )
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(2);
    }

    [Fact]
    public async Task Archive_TheLastOne_IsAllowedAndIdempotent()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        var id = await RegisterAsync(service, path, "one");

        var first = await service.Api.PostOkAsync($"{path}/certificates/{id}/archive");
        service.Time.Advance(TimeSpan.FromMinutes(5));
        var second = await service.Api.PostOkAsync($"{path}/certificates/{id}/archive");

        first.Text("archived_at").ShouldNotBeNull();
        second.Text("archived_at").ShouldBe(first.Text("archived_at"));
        (await service.Api.GetOkAsync(path + "/trust_bundle")).Text("pem").ShouldBe("");
    }

    [Fact]
    public async Task TrustBundle_GrowsWithItsEpoch()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        await RegisterAsync(service, path, "one");
        var second = await RegisterAsync(service, path, "two");

        var both = await service.Api.GetOkAsync(path + "/trust_bundle");
        await service.Api.PostOkAsync($"{path}/certificates/{second}/archive");
        var one = await service.Api.GetOkAsync(path + "/trust_bundle");

        both.GetProperty("epoch").GetInt64().ShouldBe(2);
        Count(both.Text("pem")!).ShouldBe(2);
        one.GetProperty("epoch").GetInt64().ShouldBe(3);
        Count(one.Text("pem")!).ShouldBe(1);
    }

    [Fact]
    public async Task Create_PrivateKeyInInput_IsRefusedAndKeptNowhere()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = key.ExportPkcs8PrivateKeyPem();

        await service
            .Api.PostAsync(path + "/certificates", TunnelEndpointsTests.Pem(TestCertificates.Authority() + secret))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.secret_in_input");
    }

    [Fact]
    public async Task Create_Expired_IsRefusedWithItsCode()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var path = await TunnelAsync(service);
        var expired = TestCertificates.Authority(now: new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));

        using var response = await service.Api.PostAsync(path + "/certificates", TunnelEndpointsTests.Pem(expired));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldStartWith("ca.");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ca_certificate_pem":null}""")]
    [InlineData("""{"ca_certificate_pem":"x","name":"y"}""")]
    public async Task Create_BadBody_IsRefused(string body)
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);

        await service
            .Api.PostAsync(await TunnelAsync(service) + "/certificates", body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Theory]
    [InlineData("tcrt_010000000000000000000000")]
    [InlineData("nonsense")]
    public async Task Retrieve_Unknown_Is404(string id)
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);

        await service
            .Api.GetAsync($"{await TunnelAsync(service)}/certificates/{id}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Retrieve_CertificateOfAnotherTunnel_Is404()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var id = await RegisterAsync(service, await TunnelAsync(service), "one");

        await service
            .Api.GetAsync($"{await TunnelAsync(service)}/certificates/{id}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    private static async Task<string> TunnelAsync(ServiceUnderTest service) =>
        "/v1/tunnels/" + (await service.Api.PostOkAsync("/v1/tunnels")).Id();

    private static async Task<string> RegisterAsync(ServiceUnderTest service, string path, string name) =>
        (
            await service.Api.PostOkAsync(
                path + "/certificates",
                TunnelEndpointsTests.Pem(TestCertificates.Authority(name))
            )
        ).Id();

    private static int Count(string pem) => pem.Split("-----BEGIN CERTIFICATE-----").Length - 1;
}
