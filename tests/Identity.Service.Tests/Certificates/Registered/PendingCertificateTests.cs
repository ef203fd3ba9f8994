using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Registered;

/// <summary>S16 over the compatible endpoints: one person alone does not change what clients of a live tunnel trust.</summary>
public sealed class PendingCertificateTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_FirstOfAnUnusedTunnel_JoinsTheBundleAtOnce()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);

        var first = await RegisterAsync(bench, "one");

        first.GetProperty("pending").GetString().ShouldBeNull();
        (await EpochAsync(bench)).ShouldBe(1);
    }

    [Theory]
    [InlineData("anchor")]
    [InlineData("agent")]
    [InlineData("relying party")]
    public async Task Create_BundleIsInUse_WaitsForASecondPerson(string user)
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        await UseAsync(bench, user);
        var before = await BundleAsync(bench);

        var pending = await RegisterAsync(bench, "attacker");

        pending.Text("pending").ShouldBe("addition");
        pending.Text("requested_by").ShouldStartWith("key_");
        pending.GetProperty("archived_at").GetString().ShouldBeNull();
        (await BundleAsync(bench)).ShouldBe(before);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_TwoFirstOnesAtOnce_OnlyOneJoinsTheBundle()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);

        var both = await Task.WhenAll(RegisterAsync(bench, "one"), RegisterAsync(bench, "two"));

        both.Count(one => one.GetProperty("pending").GetString() is null).ShouldBe(1);
        (await EpochAsync(bench)).ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_PendingOneAgain_GivesTheExistingRecordAndTakesOneSlot()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        await RegisterAsync(bench, "one");
        var pem = TestCertificates.Authority("two");

        var first = await bench.Api.PostOkAsync(Path(bench), TunnelEndpointsTests.Pem(pem));
        var second = await bench.Api.PostOkAsync(Path(bench), TunnelEndpointsTests.Pem(pem));

        second.ToString().ShouldBe(first.ToString());
        await bench
            .Api.PostAsync(Path(bench), TunnelEndpointsTests.Pem(TestCertificates.Authority("three")))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel_certificate.limit");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Confirm_BySecondPersonWithTheFingerprint_AddsIt()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        await RegisterAsync(bench, "one");
        var pending = await RegisterAsync(bench, "two");
        var (bob, _) = await bench.PersonAsync("Bob");
        using (bob)
        {
            await Confirm(bob, bench, pending, new string('0', 64))
                .ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.fingerprint");
            (await EpochAsync(bench)).ShouldBe(1);

            var added = await (await Confirm(bob, bench, pending)).JsonAsync();

            added.GetProperty("pending").GetString().ShouldBeNull();
            added.GetProperty("requested_by").GetString().ShouldBeNull();
            (await EpochAsync(bench)).ShouldBe(2);
            // The client requests a lost answer again.
            (await (await Confirm(bob, bench, pending)).JsonAsync())
                .ToString()
                .ShouldBe(added.ToString());
            (await EpochAsync(bench)).ShouldBe(2);
        }
    }

    [Fact]
    public async Task Confirm_BySamePerson_IsRefused()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var first = (await bench.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data")[0].Id();
        var (again, _) = await bench.PersonAsync("other key", madeWith: first);
        await RegisterAsync(bench, "one");
        var pending = await RegisterAsync(bench, "two");

        using (again)
        {
            foreach (var client in new[] { bench.Api, again })
            {
                await Confirm(client, bench, pending).ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
            }
        }

        (await EpochAsync(bench)).ShouldBe(1);
    }

    [Theory]
    [InlineData(Scopes.ManageTunnels, "auth.scope")]
    [InlineData(Scopes.OrganizationAdmin, "approval.federated")]
    public async Task Confirm_ByAWorkload_IsRefused(string scope, string code)
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        await RegisterAsync(bench, "one");
        var pending = await RegisterAsync(bench, "two");
        using var workload = bench.Service.Client(bench.Machines.AgentToken(scope: scope));

        await Confirm(workload, bench, pending).ShouldRefuseAsync(HttpStatusCode.Forbidden, code);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Archive_OfABundlesAnchor_WaitsForASecondPerson()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var first = await RegisterAsync(bench, "one");
        var before = await BundleAsync(bench);

        var pending = await bench.Api.PostOkAsync($"{Path(bench)}/{first.Id()}/archive");
        var again = await bench.Api.PostOkAsync($"{Path(bench)}/{first.Id()}/archive");

        pending.Text("pending").ShouldBe("removal");
        pending.GetProperty("archived_at").GetString().ShouldBeNull();
        again.ToString().ShouldBe(pending.ToString());
        (await BundleAsync(bench)).ShouldBe(before);

        await Confirm(bench.Api, bench, first).ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
        var (bob, _) = await bench.PersonAsync("Bob");
        using (bob)
        {
            (await (await Confirm(bob, bench, first)).JsonAsync()).Text("archived_at").ShouldNotBeNull();
        }

        (await bench.Api.GetOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}/trust_bundle")).Text("pem").ShouldBe("");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Archive_OfAPendingOne_WithdrawsItAndFreesTheSlot()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        await RegisterAsync(bench, "one");
        var pending = await RegisterAsync(bench, "two");

        var withdrawn = await bench.Api.PostOkAsync($"{Path(bench)}/{pending.Id()}/archive");

        withdrawn.Text("archived_at").ShouldNotBeNull();
        withdrawn.GetProperty("pending").GetString().ShouldBeNull();
        (await EpochAsync(bench)).ShouldBe(1);
        (await RegisterAsync(bench, "three")).Text("pending").ShouldBe("addition");
    }

    [Fact]
    public async Task Create_Pending_TellsWebhooksAndTheAudit()
    {
        var sender = new ScriptedWebhookSender();
        await using var bench = await AuthorityBench.StartAsync(
            singleApproval: false,
            configure: services => services.AddSingleton<IWebhookSender>(sender)
        );
        await bench.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/c"}""");
        await RegisterAsync(bench, "one");

        var pending = await RegisterAsync(bench, "two");

        (await sender.ReceiveAsync("tunnel_certificate.pending", Cancel)).ShouldContain(pending.Id());
        (await bench.Api.GetOkAsync("/v1/audit")).ToString().ShouldContain("tunnel_certificate_addition_requested");
    }

    [Fact]
    public async Task Retire_OfATrustOnlyAuthority_TakesTwoPeople()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (bob, _) = await bench.PersonAsync("Bob");
        using (bob)
        {
            await RegisterAsync(bench, "one");
            var id = await bench.CreateAsync("trust_only");
            var chain = bench.Root.Certificate.ExportCertificatePem();
            (await bench.Upload(id, chain)).Dispose();
            (await bench.Approve(id, chain, bob)).Dispose();
            (await bench.StateAsync(id)).ShouldBe("active");

            await bench.Run(id, "retire").ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
            (await bench.Run(id, "override", new { missing = new[] { id }, reason = "replaced" })).Dispose();
            await bench.Run(id, "retire").ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
            (await bench.RunOkAsync(id, "retire", by: bob)).ShouldBe("retiring");
        }
    }

    private static async Task UseAsync(AuthorityBench bench, string user)
    {
        switch (user)
        {
            case "anchor":
                await RegisterAsync(bench, "one");
                break;
            case "agent":
                (await bench.Machines.JoinAsync(bench.Machines.AgentToken())).Machine.Dispose();
                break;
            default:
                await bench.Api.PostOkAsync(
                    $"/v1/tunnels/{bench.Machines.TunnelId}/relying_parties",
                    """{"name":"product"}"""
                );
                break;
        }
    }

    private static string Path(AuthorityBench bench) => $"/v1/tunnels/{bench.Machines.TunnelId}/certificates";

    private static Task<JsonElement> RegisterAsync(AuthorityBench bench, string name) =>
        bench.Api.PostOkAsync(Path(bench), TunnelEndpointsTests.Pem(TestCertificates.Authority(name)));

    private static Task<HttpResponseMessage> Confirm(
        HttpClient by,
        AuthorityBench bench,
        JsonElement certificate,
        string? fingerprint = null
    ) =>
        by.PostAsync(
            $"{Path(bench)}/{certificate.Id()}/confirm",
            JsonSerializer.Serialize(new { fingerprint = fingerprint ?? certificate.Text("fingerprint") })
        );

    private static async Task<string> BundleAsync(AuthorityBench bench) =>
        (await bench.Api.GetOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}/trust_bundle")).ToString();

    private static async Task<long> EpochAsync(AuthorityBench bench) =>
        (await bench.Api.GetOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}/trust_bundle"))
            .GetProperty("epoch")
            .GetInt64();
}
