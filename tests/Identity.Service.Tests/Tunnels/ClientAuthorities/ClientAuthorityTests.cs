using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.ClientAuthorities;

/// <summary>Whose certificates open the CONNECT ingress (S22).</summary>
public sealed class ClientAuthorityTests
{
    private readonly ScriptedPeers peers = new();

    [Fact]
    public async Task Add_Valid_IsListedAndReachesTheEdge()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);

        var added = await service.Api.PostOkAsync(path, Body(TestCertificates.Authority()));

        added.Text("type").ShouldBe("client_certificate_authority");
        added.Id().ShouldStartWith("clca_01");
        (await service.Api.GetOkAsync(path)).GetProperty("data")[0].ToString().ShouldBe(added.ToString());
        (await service.Api.GetOkAsync($"{path}/{added.Id()}")).ToString().ShouldBe(added.ToString());
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        var shown = (await edge.GetOkAsync("/v1/edge/feed"))
            .GetProperty("tunnels")[0]
            .GetProperty("client_certificate_authorities")[0];
        shown.Id().ShouldBe(added.Id());
        shown.Text("certificate_pem")!.ShouldStartWith("-----BEGIN CERTIFICATE-----");
        shown.GetProperty("identities")[0].GetString().ShouldBe("dns:client.example.com");
    }

    [Fact]
    public async Task Archive_Twice_IsOneAndLeavesTheEdgesFeed()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);
        var id = (await service.Api.PostOkAsync(path, Body(TestCertificates.Authority()))).Id();

        var archived = await service.Api.PostOkAsync($"{path}/{id}/archive", """{"reason":"left"}""");
        (await service.Api.PostOkAsync($"{path}/{id}/archive")).ToString().ShouldBe(archived.ToString());

        archived.Text("archived_at").ShouldNotBeNull();
        (await service.Api.GetOkAsync(path)).GetProperty("data").GetArrayLength().ShouldBe(0);
        var (edge, _) = service.Edge(peers, await FeedTests.CreateEdgeAsync(service));
        (await edge.GetOkAsync("/v1/edge/feed"))
            .GetProperty("tunnels")[0]
            .GetProperty("client_certificate_authorities")
            .GetArrayLength()
            .ShouldBe(0);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Add_SameTwice_IsConflictUntilArchived()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);
        var body = Body(TestCertificates.Authority());
        var id = (await service.Api.PostOkAsync(path, body)).Id();

        await service.Api.PostAsync(path, body).ShouldRefuseAsync(HttpStatusCode.Conflict, "client_authority.taken");
        await service.Api.PostOkAsync($"{path}/{id}/archive");
        await service.Api.PostOkAsync(path, body);
    }

    [Fact]
    public async Task Add_NinthLive_IsRefused()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);
        for (var i = 0; i < 8; i++)
        {
            await service.Api.PostOkAsync(path, Body(TestCertificates.Authority($"ca {i}")));
        }

        await service
            .Api.PostAsync(path, Body(TestCertificates.Authority("ca 9")))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "client_authority.limit");
    }

    [Theory] // mandatory, and never wider than one segment
    [InlineData()]
    [InlineData("client.example.com")]
    [InlineData("dns:*")]
    [InlineData("dns:*.com")]
    [InlineData("dns:a.*.example.com")]
    [InlineData("dns:cl*.example.com")]
    [InlineData("uri:spiffe://*/client")]
    [InlineData("uri:spiffe://example.com/*/*")]
    [InlineData("uri:spiffe://example.com/cl*")]
    [InlineData("uri:spiffe://example.com*")]
    [InlineData("uri:spiffe://example.com/a?b=/*")]
    [InlineData("email:*")]
    [InlineData("email:a*@example.com")]
    [InlineData("cn:client")]
    [InlineData("dns:client.example.com", "dns:client.example.com")]
    public async Task Add_BadIdentities_AreRefused(params string[] identities)
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);

        await service
            .Api.PostAsync(path, Body(TestCertificates.Authority(), identities))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "client_authority.identities");
    }

    [Fact]
    public async Task Add_NoIdentitiesMember_IsRefused()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);

        await service
            .Api.PostAsync(path, JsonSerializer.Serialize(new { ca_certificate_pem = TestCertificates.Authority() }))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Add_NoAuthority_IsRefused()
    {
        await using var service = await StartAsync();
        var path = await PathAsync(service);
        var expired = TestCertificates.Authority(now: service.Time.GetUtcNow().AddYears(-2), days: 30);
        var two = TestCertificates.Authority("a") + TestCertificates.Authority("b");
        foreach (var pem in (string[])["", "nonsense", Leaf(service), ServersOnly(service), expired, two])
        {
            await service
                .Api.PostAsync(path, Body(pem))
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "client_authority.certificate");
        }
    }

    // Authorities by which no edge could accept a client, or that would admit clients of any organization.
    [Theory]
    [InlineData("not yet valid")]
    [InlineData("no key usage")]
    [InlineData("key usage without keyCertSign")]
    [InlineData("basic constraints not critical")]
    [InlineData("unknown critical extension")]
    [InlineData("weak key")]
    [InlineData("public root")]
    public async Task Add_AuthorityThatCanNeverVouch_IsRefused(string defect)
    {
        var anchors = new AuthorityBench.ScriptedAnchors();
        await using var service = await ServiceUnderTest.StartAsync(services =>
            services.AddSingleton<IPublicAnchors>(anchors)
        );
        var pem = Defective(service, defect, anchors);

        await service
            .Api.PostAsync(await PathAsync(service), Body(pem))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "client_authority.certificate");
    }

    [Fact]
    public async Task Add_AuthorityWithoutDefect_IsAccepted()
    {
        await using var service = await StartAsync();

        await service.Api.PostOkAsync(await PathAsync(service), Body(Defective(service, "", new())));
    }

    private static string Defective(ServiceUnderTest service, string defect, AuthorityBench.ScriptedAnchors anchors)
    {
        using var key = ECDsa.Create(
            defect == "weak key" ? ECCurve.CreateFromFriendlyName("secp224r1") : ECCurve.NamedCurves.nistP256
        );
        var request = new CertificateRequest("CN=clients", key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(true, false, 0, defect != "basic constraints not critical"));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (defect != "no key usage")
        {
            var usages =
                defect == "key usage without keyCertSign" ? X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.KeyCertSign;
            extensions.Add(new X509KeyUsageExtension(usages, true));
        }

        if (defect == "unknown critical extension")
        {
            extensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], critical: true));
        }

        if (defect == "public root")
        {
            anchors.Add(key);
        }

        var from = service.Time.GetUtcNow().AddDays(defect == "not yet valid" ? 1 : -1);
        return request.CreateSelfSigned(from, from.AddDays(30)).ExportCertificatePem();
    }

    [Fact]
    public async Task Retrieve_OfAnotherTunnel_Is404()
    {
        await using var service = await StartAsync();
        var id = (await service.Api.PostOkAsync(await PathAsync(service), Body(TestCertificates.Authority()))).Id();
        var other = await PathAsync(service);

        await service
            .Api.GetAsync(new Uri($"{other}/{id}", UriKind.Relative), TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    private static async Task<string> PathAsync(ServiceUnderTest service) =>
        $"/v1/tunnels/{(await service.Api.PostOkAsync("/v1/tunnels")).Id()}/client_certificate_authorities";

    private static string Body(string pem) => Body(pem, "dns:client.example.com");

    private static string Body(string pem, params string[] identities) =>
        JsonSerializer.Serialize(new { ca_certificate_pem = pem, identities });

    private static string Leaf(ServiceUnderTest service) => Certificate(service, authority: false, null);

    private static string ServersOnly(ServiceUnderTest service) =>
        Certificate(service, authority: true, "1.3.6.1.5.5.7.3.1");

    private static string Certificate(ServiceUnderTest service, bool authority, string? usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        var now = service.Time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30)).ExportCertificatePem();
    }

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services => services.AddSingleton<IMachinePeerVerifier>(peers));
}
