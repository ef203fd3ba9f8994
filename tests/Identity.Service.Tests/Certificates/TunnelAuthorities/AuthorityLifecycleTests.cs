using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

public sealed class AuthorityLifecycleTests
{
    [Fact]
    public async Task Life_FirstAuthorityWithoutLiveAgents_IsActiveOnApproval()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());

        var created = await CreateAsync(bench);
        created.Text("state").ShouldBe("csr_issued");
        created.GetProperty("fingerprint").ValueKind.ShouldBe(JsonValueKind.Null);
        var chain = root.Sign(await CsrAsync(bench, created.Id()));
        var verified = await UploadAsync(bench, created.Id(), chain);
        verified.Text("state").ShouldBe("verified");
        var approved = await ApproveAsync(bench, created.Id(), chain);

        approved.Text("state").ShouldBe("active");
        (await bench.Service.Api.PostOkAsync(Path(created.Id(), "activate"))).Text("state").ShouldBe("active");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Life_ApprovedAuthority_IsRegisteredOnTheTunnelWithItsRoot()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var before = await BundleAsync(bench);

        var id = await ActiveAsync(bench, root);

        var certificates = await bench.Service.Api.GetOkAsync($"/v1/tunnels/{bench.TunnelId}/certificates");
        certificates.GetProperty("data")[0].Text("ca_id").ShouldBe(id);
        var bundle = await BundleAsync(bench);
        bundle.GetProperty("epoch").GetInt64().ShouldBeGreaterThan(before.GetProperty("epoch").GetInt64());
        bundle.Text("pem")!.ShouldContain(root.Certificate.ExportCertificatePem());
    }

    [Fact]
    public async Task ServerCertificate_ActiveAuthority_SignsTheTunnelsNamesDirectly()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = await ActiveAsync(bench, root);
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());

        var answer = await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());

        answer.Text("type").ShouldBe("server_certificate");
        var certificate = answer.GetProperty("certificate");
        certificate.Text("ca_id").ShouldBe(id);
        using var leaf = X509Certificate2.CreateFromPem(certificate.Text("certificate_pem"));
        var domain = bench.Tunnel.Text("domain")!;
        leaf.MatchesHostname(domain).ShouldBeTrue();
        leaf.MatchesHostname("docs." + domain).ShouldBeTrue();
        Verify(leaf, root, certificate.Text("chain_pem")!, bench.Service.Time.GetUtcNow()).ShouldBeTrue();
        (leaf.NotAfter.ToUniversalTime() - bench.Service.Time.GetUtcNow().UtcDateTime).ShouldBe(
            TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1)
        );
    }

    // S4: admitted, then revoked before the certificate is recorded.
    [Fact]
    public async Task ServerCertificate_AgentRevokedMeanwhile_IsRefused()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        await ActiveAsync(bench, root);
        var (enrollment, machine) = await bench.JoinAsync(bench.AgentToken());
        bench.Federation.Meanwhile = () =>
            bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{enrollment.Id}/revoke");

        await machine
            .PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.unknown");
    }

    [Fact]
    public async Task ServerCertificate_NoActiveAuthority_IsRefused()
    {
        await using var bench = await SingleAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());

        await machine
            .PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.not_active");
    }

    [Fact]
    public async Task Enroll_TunnelTokenBesideAServiceHeldAuthority_NeedsThePermission()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        await bench.SetTunnelAsync(new { agent_source_ranges = new[] { "127.0.0.0/8" } });
        await ActiveAsync(bench, root);

        await bench
            .EnrollAsync(await bench.TunnelTokenAsync())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.method");
        await bench.SetTunnelAsync(new { allow_tunnel_token = true });
        await bench.JoinAsync(await bench.TunnelTokenAsync());
    }

    [Fact]
    public async Task Life_SecondAuthority_IsStagedThenActivatedAndTheFirstRetires()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var first = await ActiveAsync(bench, root);

        var second = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, second));
        await UploadAsync(bench, second, chain);
        (await ApproveAsync(bench, second, chain)).Text("state").ShouldBe("staged");
        (await bench.Service.Api.PostOkAsync(Path(second, "activate"))).Text("state").ShouldBe("active");

        (await bench.Service.Api.GetOkAsync(Path(first))).Text("state").ShouldBe("retiring");
        await bench
            .Service.Api.PostAsync(Path(first, "activate"), null)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

        // S14: the retiring one holds no slot, so a third fits next to the active one.
        var third = (await CreateAsync(bench)).Id();
        var thirdChain = root.Sign(await CsrAsync(bench, third));
        await UploadAsync(bench, third, thirdChain);
        (await ApproveAsync(bench, third, thirdChain)).Text("state").ShouldBe("staged");
    }

    [Fact]
    public async Task Approve_LiveAgents_StagesInsteadOfActivating()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        await bench.JoinAsync(bench.AgentToken());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));
        await UploadAsync(bench, id, chain);

        (await ApproveAsync(bench, id, chain)).Text("state").ShouldBe("staged");
    }

    [Fact]
    public async Task Approve_BothSlotsTaken_IsRefused()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        foreach (var name in new[] { "One", "Two" })
        {
            await bench.Service.Api.PostOkAsync(
                $"/v1/tunnels/{bench.TunnelId}/certificates",
                JsonSerializer.Serialize(new { ca_certificate_pem = TestCertificates.Authority(name) })
            );
        }

        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));
        await UploadAsync(bench, id, chain);

        await Approve(bench, id, OfflineRoot.Fingerprint(chain))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel_certificate.limit");
    }

    [Fact]
    public async Task Approve_SamePersonUnderTwoPersonRule_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));
        await UploadAsync(bench, id, chain);

        await Approve(bench, id, OfflineRoot.Fingerprint(chain))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
    }

    [Fact]
    public async Task Upload_CertificateForAnotherKey_IsAMismatch()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var other = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, other));

        await Upload(bench, id, chain, OfflineRoot.Fingerprint(chain))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.key_mismatch");
    }

    [Fact]
    public async Task Upload_WrongFingerprint_IsRefused()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));

        await Upload(bench, id, chain, new string('0', 64))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.fingerprint");
    }

    [Fact]
    public async Task Upload_ItsCertificateTwiceInARow_IsVerified()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        using var alone = root.SignAlone(await CsrAsync(bench, id));
        var pem = alone.ExportCertificatePem() + "\n";

        (await UploadAsync(bench, id, pem + pem + root.Certificate.ExportCertificatePem()))
            .Text("state")
            .ShouldBe("verified");
    }

    [Fact]
    public async Task Upload_RootFirstWithItsOwnFingerprint_IsInTheWrongOrder()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        using var alone = root.SignAlone(await CsrAsync(bench, id));
        var pem = alone.ExportCertificatePem();

        var error = await Upload(
                bench,
                id,
                root.Certificate.ExportCertificatePem() + "\n" + pem,
                OfflineRoot.Fingerprint(pem)
            )
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "ca.chain");

        error.Text("message")!.ShouldContain("The chain is in the wrong order");
    }

    [Fact]
    public async Task Upload_FingerprintOfTheRoot_NamesTheCertificateThatHasIt()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));

        var error = await Upload(bench, id, chain, OfflineRoot.Fingerprint(root.Certificate.ExportCertificatePem()))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.fingerprint");

        error.Text("message")!.ShouldContain("certificate 2 of 2");
    }

    [Fact]
    public async Task Upload_TextOrDer_NamesTheCommandThatWritesPem()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));

        var text = await Upload(bench, id, "Bag Attributes\n" + chain, OfflineRoot.Fingerprint(chain))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.malformed");
        var der = await Upload(
                bench,
                id,
                // Most have an octet 0 somewhere.
                System.Text.Encoding.UTF8.GetString(root.Certificate.RawData) + "\0",
                OfflineRoot.Fingerprint(chain)
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        text.Text("message")!.ShouldContain("openssl x509 -in FILE");
        der.Text("message")!.ShouldContain("chain_pem: This is DER, not PEM. Run: openssl x509 -inform DER -in FILE");
    }

    [Fact]
    public async Task Approve_WrongFingerprint_IsRefused()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));
        await UploadAsync(bench, id, chain);

        await Approve(bench, id, new string('0', 64)).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.fingerprint");
    }

    [Theory]
    [InlineData(-1, "ca.validity")]
    [InlineData(0, null)]
    public async Task Upload_RemainingLife_CoversSixLeaves(int seconds, string? code)
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();

        // The last second of a certificate belongs to it, so notAfter is one second before the end of six days.
        var chain = root.Sign(await CsrAsync(bench, id), TimeSpan.FromDays(6) + TimeSpan.FromSeconds(seconds - 1));
        var upload = Upload(bench, id, chain, OfflineRoot.Fingerprint(chain));

        if (code is null)
        {
            using var response = await upload;
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        else
        {
            await upload.ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, code);
        }
    }

    [Fact]
    public async Task Upload_WithoutTheRoot_IsAnIncompleteChain()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        using var alone = root.SignAlone(await CsrAsync(bench, id));
        var pem = alone.ExportCertificatePem();

        await Upload(bench, id, pem, OfflineRoot.Fingerprint(pem))
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "ca.chain");
    }

    [Fact]
    public async Task Upload_BadChainForAVerifiedAuthority_LeavesItVerified()
    {
        await using var bench = await SingleAsync();
        using var root = new OfflineRoot(bench.Service.Time.GetUtcNow());
        var id = (await CreateAsync(bench)).Id();
        var csr = await CsrAsync(bench, id);
        var chain = root.Sign(csr);
        await UploadAsync(bench, id, chain);
        var tooShort = root.Sign(csr, TimeSpan.FromDays(1));

        var error = await Upload(bench, id, tooShort, OfflineRoot.Fingerprint(tooShort))
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "ca.validity");

        error.GetProperty("details").Text("state").ShouldBe("verified");
        (await ApproveAsync(bench, id, chain)).Text("state").ShouldBe("active");
    }

    [Fact]
    public async Task Upload_PrivateKey_IsRefusedAsASecret()
    {
        await using var bench = await SingleAsync();
        var id = (await CreateAsync(bench)).Id();

        await Upload(bench, id, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "00")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.secret_in_input");
    }

    [Theory]
    [InlineData("approve", """{"fingerprint":"00"}""")]
    [InlineData("activate", null)]
    public async Task Command_OutOfOrder_IsRefusedWithTheState(string command, string? body)
    {
        await using var bench = await SingleAsync();
        var id = (await CreateAsync(bench)).Id();

        var error = await bench
            .Service.Api.PostAsync(Path(id, command), body)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

        error.GetProperty("details").Text("state").ShouldBe("csr_issued");
    }

    [Theory]
    [InlineData("""{"name":"","tunnel_id":"TUNNEL"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"a","tunnel_id":"TUNNEL","custody":"pkcs11"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"a","tunnel_id":"tnl_01aaaaaaaaaaaaaaaaaaaaaa"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"name":"a","tunnel_id":"TUNNEL","extra":1}""", HttpStatusCode.BadRequest)]
    public async Task Create_BadInput_IsRefused(string body, HttpStatusCode expected)
    {
        await using var bench = await SingleAsync();

        using var response = await bench.Service.Api.PostAsync(
            "/v1/certificate_authorities",
            body.Replace("TUNNEL", bench.TunnelId, StringComparison.Ordinal)
        );

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task List_ByTunnel_ShowsNewestFirst()
    {
        await using var bench = await SingleAsync();
        var first = (await CreateAsync(bench)).Id();
        var second = (await CreateAsync(bench)).Id();

        var list = await bench.Service.Api.GetOkAsync($"/v1/certificate_authorities?tunnel_id={bench.TunnelId}");

        list.GetProperty("data").EnumerateArray().Select(item => item.Id()).ShouldBe([second, first]);
        list.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static Task<MachineBench> SingleAsync() =>
        MachineBench.StartAsync(o => o with { Certificates = o.Certificates with { SingleApproval = true } });

    private static async Task<string> ActiveAsync(MachineBench bench, OfflineRoot root)
    {
        var id = (await CreateAsync(bench)).Id();
        var chain = root.Sign(await CsrAsync(bench, id));
        await UploadAsync(bench, id, chain);
        (await ApproveAsync(bench, id, chain)).Text("state").ShouldBe("active");
        return id;
    }

    private static Task<JsonElement> CreateAsync(MachineBench bench) =>
        bench.Service.Api.PostOkAsync(
            "/v1/certificate_authorities",
            JsonSerializer.Serialize(
                new
                {
                    name = "Tunnel authority",
                    tunnel_id = bench.TunnelId,
                    custody = "sealed",
                }
            )
        );

    private static async Task<string> CsrAsync(MachineBench bench, string id) =>
        (await bench.Service.Api.GetOkAsync(Path(id, "csr"))).Text("csr_pem")!;

    private static Task<HttpResponseMessage> Upload(MachineBench bench, string id, string chain, string fingerprint) =>
        bench.Service.Api.PostAsync(
            Path(id, "chain"),
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint })
        );

    private static Task<JsonElement> UploadAsync(MachineBench bench, string id, string chain) =>
        bench.Service.Api.PostOkAsync(
            Path(id, "chain"),
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint = OfflineRoot.Fingerprint(chain) })
        );

    private static Task<HttpResponseMessage> Approve(MachineBench bench, string id, string fingerprint) =>
        bench.Service.Api.PostAsync(Path(id, "approve"), JsonSerializer.Serialize(new { fingerprint }));

    private static Task<JsonElement> ApproveAsync(MachineBench bench, string id, string chain) =>
        bench.Service.Api.PostOkAsync(
            Path(id, "approve"),
            JsonSerializer.Serialize(new { fingerprint = OfflineRoot.Fingerprint(chain) })
        );

    private static Task<JsonElement> BundleAsync(MachineBench bench) =>
        bench.Service.Api.GetOkAsync($"/v1/tunnels/{bench.TunnelId}/trust_bundle");

    private static string Path(string id, string? command = null) =>
        $"/v1/certificate_authorities/{id}" + (command is null ? "" : "/" + command);

    private static bool Verify(X509Certificate2 leaf, OfflineRoot root, string chainPem, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root.Certificate);
        chain.ChainPolicy.ExtraStore.ImportFromPem(chainPem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(leaf) && chain.ChainElements.Count == 3;
    }
}
