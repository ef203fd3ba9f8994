using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Certificates;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

/// <summary>Where keys live: in an HSM, sealed, or imported.</summary>
public sealed class AuthorityCustodyTests
{
    [Fact]
    public async Task Pkcs11_FromRequestToLeaf_TheKeyStaysInTheToken()
    {
        await using var bench = await HsmAsync();

        var id = await bench.ApprovedAsync("pkcs11");

        (await bench.StateAsync(id)).ShouldBe("active");
        var record = (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(id, Cancellation))!;
        record.SealedKey.ShouldBeNull();
        record.KeyLabel.ShouldBe("culvert-ca-" + id);
        Token().Describe(record.KeyLabel!)!.PolicyError.ShouldBeNull();
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var leaf = await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        leaf.GetProperty("certificate").Text("ca_id").ShouldBe(id);
    }

    [Fact]
    public async Task Pkcs11_OcspResponder_IsCertifiedByTheTokenAndSignsWithoutIt()
    {
        await using var bench = await HsmAsync();
        var id = await bench.ApprovedAsync("pkcs11");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var leaf = (await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody())).GetProperty(
            "certificate"
        );
        using var authority = X509Certificate2.CreateFromPem(leaf.Text("chain_pem"));
        using var client = new OcspClient(
            bench.Service,
            id,
            ParsedCertificate.TryParse(authority.RawData)!,
            bench.Root.Certificate.ExportCertificatePem()
        );
        (await client.StateAsync(leaf.Text("serial"))).ShouldBe("good");

        Token().Destroy("culvert-ca-" + id);

        (await client.StateAsync(leaf.Text("serial"), [1])).ShouldBe("good");
    }

    [Fact]
    public async Task Pkcs11_KeyOfTheEnterprise_IsTakenOver()
    {
        await using var bench = await HsmAsync();
        Token().Generate("enterprise-key", Ca.Keys.KeyAlgorithm.EcdsaP384);

        var created = await bench.Api.PostOkAsync("/v1/certificate_authorities", Body(bench, "enterprise-key"));

        created.Text("state").ShouldBe("csr_issued");
        created.Text("key_label").ShouldBe("enterprise-key");

        // A service-held key belongs to one authority (S18).
        await bench
            .Api.PostAsync("/v1/certificate_authorities", Body(bench, "enterprise-key"))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.duplicate");
    }

    [Theory]
    [InlineData("custody-extractable", true, true, true)]
    [InlineData("custody-no-sign", false, true, false)]
    public async Task Pkcs11_KeyAgainstThePolicy_IsRefused(string label, bool extractable, bool sensitive, bool sign)
    {
        await using var bench = await HsmAsync();
        Token().Generate(label, Ca.Keys.KeyAlgorithm.EcdsaP256, extractable, sensitive, sign);

        await bench
            .Api.PostAsync("/v1/certificate_authorities", Body(bench, label))
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "signer.policy");
    }

    [Fact]
    public async Task Pkcs11_WrongPin_IsTriedOnceAndSaysSo()
    {
        var reads = 0;
        await using var bench = await HsmAsync(
            new Pkcs11Settings(
                SoftHsm.ModulePath,
                SoftHsm.UntouchedToken,
                () =>
                {
                    reads++;
                    return "this-is-not-the-pin";
                }
            )
        );

        var error = await bench
            .Api.PostAsync("/v1/certificate_authorities", bench.CreateBody("pkcs11"))
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "signer.login");
        var id = error.GetProperty("details").Text("ca_id")!;
        await bench.Run(id, "key").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "signer.login");

        reads.ShouldBe(1);
        error.GetRawText().ShouldNotContain("this-is-not-the-pin");
        (await bench.StateAsync(id)).ShouldBe("draft");
    }

    [Fact]
    public async Task Pkcs11_TokenIsGoneWhileItIsVerified_GoesOnLater()
    {
        await using var bench = await HsmAsync();
        var id = await bench.CreateAsync("pkcs11");
        var chain = await bench.SignedAsync(id);
        Token().Destroy("culvert-ca-" + id);

        await bench.Upload(id, chain).ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signer.unavailable");

        (await bench.StateAsync(id)).ShouldBe("cert_uploaded");
    }

    [Theory]
    [InlineData("culvert-token-1")]
    [InlineData("culvert-ca-1")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task Pkcs11_BadLabel_IsRefused(string label)
    {
        await using var bench = await HsmAsync();

        await bench
            .Api.PostAsync("/v1/certificate_authorities", Body(bench, label))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Pkcs11_LabelByAnOrganizationsAdmin_NeedsTheInstallation()
    {
        await using var bench = await HsmAsync();
        var (admin, _) = await bench.PersonAsync("organization admin");

        await admin
            .PostAsync("/v1/certificate_authorities", Body(bench, "somebody-elses"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Import_IsOffByDefault()
    {
        await using var bench = await AuthorityBench.StartAsync();

        await bench
            .Api.PostAsync("/v1/certificate_authorities", bench.CreateBody("imported"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.import_off");
    }

    [Fact]
    public async Task Import_Key_IsFlaggedAndItsLeavesLiveADayAtMost()
    {
        var logs = new CapturedLogs();
        await using var bench = await AuthorityBench.StartAsync(
            options: o =>
                o with
                {
                    Certificates = o.Certificates with
                    {
                        DangerousAllowKeyImport = true,
                        ServerLife = TimeSpan.FromDays(7),
                    },
                },
            configure: logs.AddTo
        );
        var id = await bench.CreateAsync("imported");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        await bench
            .Run(id, "pkcs12", ImportBody(key, "wrong"))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.pkcs12");
        (await bench.RunOkAsync(id, "pkcs12", ImportBody(key, "secret words"))).ShouldBe("csr_issued");
        var chain = await bench.SignedAsync(id);
        using var uploaded = await bench.Upload(id, chain);
        using var approved = await bench.Approve(id, chain);

        var shown = await bench.ShowAsync(id);
        shown.Text("state").ShouldBe("active");
        shown.GetProperty("copies_may_exist").GetBoolean().ShouldBeTrue();
        shown.GetProperty("max_leaf_life").GetInt64().ShouldBe(86_400);
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        var leaf = (await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody())).GetProperty(
            "certificate"
        );
        using var certificate = X509Certificate2.CreateFromPem(leaf.Text("certificate_pem"));
        (certificate.NotAfter.ToUniversalTime() - bench.Service.Time.GetUtcNow().UtcDateTime).ShouldBeLessThanOrEqualTo(
            TimeSpan.FromHours(24)
        );
        logs.Text.ShouldNotContain("secret words");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Pkcs11Settings Settings => new(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);

    private static Pkcs11Token Token() => new(Settings);

    private static Task<AuthorityBench> HsmAsync(Pkcs11Settings? settings = null)
    {
        SoftHsm.Ensure();
        return AuthorityBench.StartAsync(options: o => o with { Pkcs11 = settings ?? Settings });
    }

    private static string Body(AuthorityBench bench, string label) =>
        JsonSerializer.Serialize(
            new
            {
                name = "HSM",
                tunnel_id = bench.Machines.TunnelId,
                custody = "pkcs11",
                key_label = label,
            }
        );

    private static object ImportBody(ECDsa key, string password)
    {
        using var certificate = new CertificateRequest("CN=Elsewhere", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        var file = certificate.ExportPkcs12(
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000),
            "secret words"
        );
        return new { pkcs12 = Convert.ToBase64String(file), password };
    }
}
