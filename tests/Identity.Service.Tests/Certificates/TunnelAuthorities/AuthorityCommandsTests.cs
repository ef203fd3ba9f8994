using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

public sealed class AuthorityCommandsTests
{
    [Fact]
    public async Task Life_EveryReversibleStep_IsIdempotentAndRecorded()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();

        (await bench.RunOkAsync(id, "suspend", new { reason = "inventory" })).ShouldBe("suspended");
        (await bench.RunOkAsync(id, "suspend")).ShouldBe("suspended");
        await Refuses(bench.Machines, "ca.not_active");
        (await bench.BundleAsync()).ShouldContain(bench.Root.Certificate.ExportCertificatePem());
        (await bench.RunOkAsync(id, "resume")).ShouldBe("active");
        (await bench.RunOkAsync(id, "resume")).ShouldBe("active");

        var events = await bench.EventsAsync(id);
        foreach (
            var step in new[]
            {
                "created",
                "key_made",
                "request_issued",
                "chain_uploaded",
                "verified",
                "approved",
                "staged",
                "activated",
                "suspended",
                "resumed",
            }
        )
        {
            events
                .Count(e => e.Contains($"\"certificate_authority_{step}\"", StringComparison.Ordinal))
                .ShouldBe(1, step);
        }

        events.ShouldContain(e => e.Contains("inventory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_ExpectedStateIsAnother_NamesWhereItStands()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();

        var error = await bench
            .Run(id, "suspend", new { expected_state = "staged" })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

        error.GetProperty("details").Text("state").ShouldBe("active");
        (await bench.StateAsync(id)).ShouldBe("active");
    }

    [Fact]
    public async Task Activate_WithoutWhatItNeeds_NamesTheMissingCommand()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var id = await bench.CreateAsync();

        await Next($"culvert ca upload {id} --chain FILE --fingerprint SHA256");
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain)).Dispose();
        await Next($"culvert ca approve {id} --fingerprint SHA256");
        return;

        async Task Next(string command) =>
            (await bench.Run(id, "activate").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state"))
                .GetProperty("details")
                .Text("next")
                .ShouldBe(command);
    }

    [Fact]
    public async Task Activate_SomebodyHasNotAcknowledged_NeedsAnOverrideOfAnotherPerson()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (second, _) = await bench.PersonAsync("second");
        await ActivateFirst(bench, second);
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain, second)).Dispose();
        var since = bench.Service.Time.GetUtcNow();
        bench.Gate.Blockers.Add(new(ActivationBlockerKind.Agent, "agt_one", since, 3));
        bench.Gate.Blockers.Add(new(ActivationBlockerKind.RelyingParty, "rp_two", since, 3));

        var blocked = (
            await bench.Run(id, "activate").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state")
        ).GetProperty("details");
        blocked
            .GetProperty("blocked_by")
            .EnumerateArray()
            .Select(one => (one.Text("kind"), one.Id(), one.GetProperty("needed_epoch").GetInt64()))
            .ShouldBe([("agent", "agt_one", 3L), ("relying_party", "rp_two", 3L)]);
        blocked.Text("override")!.ShouldStartWith($"culvert ca override {id} --missing agt_one rp_two");
        blocked.Text("next")!.ShouldMatch("^culvert relying-party acknowledge rp_two --tunnel tnl_\\w+ --epoch 3$");

        // One of two named; then both, but by the person who activates; then by two.
        await bench.RunOkAsync(id, "override", new { missing = new[] { "agt_one" }, reason = "asleep" });
        await bench.Run(id, "activate", by: second).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        await bench.RunOkAsync(id, "override", new { missing = new[] { "agt_one", "rp_two" }, reason = "asleep" });
        await bench.Run(id, "activate").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        (await bench.RunOkAsync(id, "activate", by: second)).ShouldBe("active");

        var activated = (await bench.EventsAsync(id)).Single(e =>
            e.Contains("\"certificate_authority_activated\"", StringComparison.Ordinal)
        );
        activated.ShouldContain("agt_one");
        activated.ShouldContain("rp_two");
        activated.ShouldContain("asleep");
        (await bench.Api.GetOkAsync($"/v1/certificate_authorities/{id}"))
            .GetProperty("override")
            .ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Create_ManyUnfinished_IsRefusedUntilOneIsDeleted()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.CreateAsync();
        for (var more = 1; more < 8; more++)
        {
            await bench.CreateAsync("trust_only");
        }

        await bench
            .Api.PostAsync("/v1/certificate_authorities", bench.CreateBody())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel_certificate.limit");

        await bench.RunOkAsync(id, "delete");
        await bench.CreateAsync();
    }

    [Fact]
    public async Task Override_NullAmongTheMissing_IsRefused()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();

        await bench
            .Run(id, "override", new { missing = new string?[] { "agt_one", null }, reason = "asleep" })
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Retire_TheLastActiveOne_NeedsAnOverride()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();

        var details = (
            await bench.Run(id, "retire").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state")
        ).GetProperty("details");
        details.GetProperty("blocked_by")[0].Text("kind").ShouldBe("last_authority");
        await bench.RunOkAsync(id, "override", new { missing = new[] { id }, reason = "the site closes" });
        (await bench.RunOkAsync(id, "retire")).ShouldBe("retiring");

        (await bench.BundleAsync()).ShouldContain("CERTIFICATE");
    }

    [Fact]
    public async Task Taint_ActiveOne_StopsItAndItNeverIssuesAgain()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();

        (await bench.RunOkAsync(id, "taint", new { reason = "the disk was stolen" })).ShouldBe("tainted");

        foreach (var command in new[] { "activate", "resume", "suspend", "retire", "delete" })
        {
            await bench.Run(id, command).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        }

        // S14: it holds no slot any more, so two successors find one each.
        (await bench.StateAsync(await bench.ApprovedAsync(name: "Second"))).ShouldBe("active");
        (await bench.StateAsync(await bench.ApprovedAsync(name: "Third"))).ShouldBe("staged");
    }

    [Fact]
    public async Task Resume_AnotherOneIsActive_NamesIt()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var first = await bench.ApprovedAsync(name: "First");
        await bench.RunOkAsync(first, "suspend");
        var second = await bench.ApprovedAsync(name: "Second");
        (await bench.StateAsync(second)).ShouldBe("active");

        var error = await bench.Run(first, "resume").ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");

        error.GetProperty("details").GetProperty("blocked_by")[0].Id().ShouldBe(second);
    }

    [Fact]
    public async Task Delete_ThenRestore_IsWhatItWas_UntilTheKeyIsDestroyed()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.Service.PauseJobsAsync();
        var id = await bench.CreateAsync();
        var store = bench.Service.Get<TunnelAuthorityStore>();

        (await bench.RunOkAsync(id, "delete")).ShouldBe("deleted");
        (await bench.Api.GetOkAsync("/v1/certificate_authorities")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await bench.Api.GetOkAsync("/v1/certificate_authorities?include_archived=true"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(1);
        (await bench.RunOkAsync(id, "restore")).ShouldBe("csr_issued");
        await bench.RunOkAsync(id, "delete");

        bench.Service.Time.JumpTo(bench.Service.Time.GetUtcNow() + TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        await KeepAsync(bench);
        (await store.FindAsync(id, Cancellation))!.SealedKey.ShouldNotBeNull();
        bench.Service.Time.JumpTo(bench.Service.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await KeepAsync(bench);

        (await store.FindAsync(id, Cancellation))!.SealedKey.ShouldBeNull();
    }

    [Theory]
    [InlineData(-1, HttpStatusCode.OK, null)]
    [InlineData(0, HttpStatusCode.Gone, "ca.registration_expired")]
    public async Task Upload_ThirtyDaysAfterTheRequest_IsTooLate(int seconds, HttpStatusCode status, string? code)
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.Service.PauseJobsAsync();
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        bench.Service.Time.JumpTo(
            bench.Service.Time.GetUtcNow() + TimeSpan.FromDays(30) + TimeSpan.FromSeconds(seconds)
        );
        using var api = (await bench.PersonAsync("later")).Client;

        using var response = await bench.Upload(id, chain, api);

        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.StatusCode.ShouldBe(status, body);
        if (code is not null)
        {
            body.ShouldContain(code);
            (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(id, Cancellation))!.State.ShouldBe(
                AuthorityState.Expired
            );
        }
    }

    [Fact]
    public async Task Upkeep_CertificateRanOut_ExpiresItAndItsAnchor()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.Service.PauseJobsAsync();
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id, TimeSpan.FromDays(20));
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain)).Dispose();

        bench.Service.Time.JumpTo(bench.Service.Time.GetUtcNow() + TimeSpan.FromDays(20) + TimeSpan.FromSeconds(1));
        await KeepAsync(bench);

        (await bench.StateAsync(id)).ShouldBe("expired");
        (await bench.BundleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Upkeep_AuthorityIsOver_ClosesTheKeyThatThisNodeHolds()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.Service.PauseJobsAsync();
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id, TimeSpan.FromDays(20));
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain)).Dispose();
        var keys = bench.Service.Get<AuthorityKeys>();
        var authority = (await bench.Service.Get<TunnelAuthorityStore>().FindAsync(id, Cancellation))!;
        var opened = keys.Use(authority);
        await KeepAsync(bench);
        keys.Use(authority).ShouldBeSameAs(opened);

        bench.Service.Time.JumpTo(bench.Service.Time.GetUtcNow() + TimeSpan.FromDays(20) + TimeSpan.FromSeconds(1));
        await KeepAsync(bench);
        await KeepAsync(bench);

        keys.Use(authority).ShouldNotBeSameAs(opened);
    }

    [Fact]
    public async Task Upload_BadChain_KeepsTheFindingsAndTakesAnother()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.CreateAsync();
        var other = await bench.CreateAsync(name: "Other");
        var foreign = await bench.SignedAsync(other, TimeSpan.FromDays(1));

        var error = await bench.Upload(id, foreign).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.key_mismatch");

        var codes = error
            .GetProperty("details")
            .GetProperty("findings")
            .EnumerateArray()
            .Select(finding => finding.Text("code"))
            .ToList();
        codes.ShouldBe(["ca.key_mismatch", "ca.validity"]);
        var kept = await bench.ShowAsync(id);
        kept.Text("state").ShouldBe("rejected");
        kept.GetProperty("findings").EnumerateArray().Select(f => f.Text("code")).ShouldBe(codes);

        using var good = await bench.Upload(id, await bench.SignedAsync(id));
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bench.ShowAsync(id)).GetProperty("findings").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Approve_TwoKeysOfOnePerson_AreOnePerson()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (alice, aliceId) = await bench.PersonAsync("alice");
        var (daughter, daughterId) = await bench.PersonAsync("alice's laptop", madeWith: aliceId);
        var (granddaughter, _) = await bench.PersonAsync("alice's phone", madeWith: daughterId);
        var (bob, _) = await bench.PersonAsync("bob");
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain, daughter)).Dispose();

        foreach (var hand in new[] { alice, daughter, granddaughter })
        {
            await bench.Approve(id, chain, hand).ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
        }

        using var approved = await bench.Approve(id, chain, bob);
        approved.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bench.ShowAsync(id)).Text("approval").ShouldBe("two_person");
    }

    [Fact]
    public async Task TrustOnly_ItsCertificateAndApproval_ExtendTheBundleAlone()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var created = await bench.Api.PostOkAsync("/v1/certificate_authorities", bench.CreateBody("trust_only"));
        created.Text("state").ShouldBe("draft");
        await bench
            .Api.GetAsync(AuthorityBench.Path(created.Id(), "csr"), Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
        var root = bench.Root.Certificate.ExportCertificatePem();

        using var uploaded = await bench.Upload(created.Id(), root);
        uploaded.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var approved = await bench.Approve(created.Id(), root);

        (await bench.StateAsync(created.Id())).ShouldBe("active");
        (await bench.BundleAsync()).ShouldContain(root);
        await Refuses(bench.Machines, "ca.not_active");
    }

    [Fact]
    public async Task TrustOnly_TheSameCertificateAgain_AnswersWithTheFirstRecord()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var root = bench.Root.Certificate.ExportCertificatePem();
        var first = await bench.ApprovedAnchorAsync(root);
        var epoch = await bench.EpochAsync();
        var second = await bench.CreateAsync("trust_only");

        // Twice: the answer may have been lost.
        for (var time = 0; time < 2; time++)
        {
            using var answer = await bench.Upload(second, root);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var record = await answer.JsonAsync();
            (record.Id(), record.Text("state")).ShouldBe((first, "active"));
        }

        (await bench.StateAsync(second)).ShouldBe("deleted");
        (await bench.EpochAsync()).ShouldBe(epoch);
    }

    [Fact]
    public async Task TrustOnly_TheSameCertificateAfterItsEnd_IsRegisteredAnew()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var other = await bench.ApprovedAnchorAsync(
            new OfflineRoot(bench.Service.Time.GetUtcNow()).Certificate.ExportCertificatePem()
        );
        var root = bench.Root.Certificate.ExportCertificatePem();
        var first = await bench.ApprovedAnchorAsync(root);
        await bench.RunOkAsync(first, "retire");
        (await bench.Run(first, "withdraw")).IsSuccessStatusCode.ShouldBeTrue();

        var second = await bench.ApprovedAnchorAsync(root);

        second.ShouldNotBe(first);
        (await bench.StateAsync(second)).ShouldBe("active");
        (await bench.StateAsync(other)).ShouldBe("active");
    }

    [Fact]
    public async Task Upload_AnAuthorityOfTheWholeMachine_NeedsTheWishAndTheApproval()
    {
        await using var bench = await AuthorityBench.StartAsync();
        bench.PublicAnchors.Add(bench.Root.Certificate.PublicKey.ExportSubjectPublicKeyInfo());
        var root = bench.Root.Certificate.ExportCertificatePem();
        var id = await bench.CreateAsync("trust_only");

        await bench
            .Api.PostAsync(
                $"/v1/tunnels/{bench.Machines.TunnelId}/certificates",
                JsonSerializer.Serialize(new { ca_certificate_pem = root })
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "ca.anchor_forbidden");
        await bench.Upload(id, root).ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "ca.anchor_forbidden");
        using var wanted = await bench.Upload(id, root, publicAnchor: true);

        wanted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bench.StateAsync(id)).ShouldBe("verified");
    }

    [Fact]
    public async Task Upload_SameSubjectAndKeyIdentifierElsewhere_IsADuplicate()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var identifier = RandomNumberGenerator.GetBytes(20);
        var first = await bench.CreateAsync();
        using var taken = await bench.Upload(first, bench.Root.SignAs(await bench.CsrAsync(first), identifier));
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        var second = await bench.CreateAsync();

        var error = await bench
            .Upload(second, bench.Root.SignAs(await bench.CsrAsync(second), identifier))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.duplicate");

        error.GetProperty("details").Text("ca_id").ShouldBe(first);
    }

    [Theory]
    [InlineData("""{"expected_state":"happy"}""")]
    [InlineData("""{"extra":1}""")]
    public async Task Command_BadBody_IsRefused(string body)
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.CreateAsync();

        await bench
            .Api.PostAsync(AuthorityBench.Path(id, "delete"), body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task KeepAsync(AuthorityBench bench) => bench.Service.Get<AuthorityUpkeep>().RunAsync(Cancellation);

    private static async Task ActivateFirst(AuthorityBench bench, HttpClient second)
    {
        var id = await bench.CreateAsync(name: "First");
        var chain = await bench.SignedAsync(id);
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain, second)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("active");
    }

    private static async Task Refuses(MachineBench bench, string code)
    {
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        await machine
            .PostAsync("/v1/agent/server_certificates", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Conflict, code);
    }
}
