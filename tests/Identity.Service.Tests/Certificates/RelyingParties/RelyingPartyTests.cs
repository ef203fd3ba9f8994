using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.RelyingParties;

public sealed class RelyingPartyTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Life_FetchesAcknowledgesAndEnds()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        var created = await CreateAsync(bench, "product");
        created.Id().ShouldStartWith("rp_");
        using var product = bench.Service.Client(created.Text("credential")!);
        var bundle = $"/v1/tunnels/{bench.TunnelId}/trust_bundle";

        // Nothing was served to it yet: its word counts for nothing.
        await Acknowledge(product, bench, 1).ShouldRefuseAsync(HttpStatusCode.BadRequest, "bundle.epoch");
        var answer = await product.GetAsync(bundle, Cancel);
        answer.Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await answer.JsonAsync()).Text("pem").ShouldContain("BEGIN CERTIFICATE");
        await Acknowledge(product, bench, 2).ShouldRefuseAsync(HttpStatusCode.BadRequest, "bundle.epoch");
        (await (await Acknowledge(product, bench, 1)).JsonAsync()).GetProperty("current_epoch").GetInt64().ShouldBe(1);

        var shown = await bench.Service.Api.GetOkAsync(Path(bench, created));
        shown.GetProperty("acknowledged_epoch").GetInt64().ShouldBe(1);
        shown.Text("acknowledged_by").ShouldBe(created.Id());
        shown.TryGetProperty("credential", out _).ShouldBeFalse();

        (await product.GetAsync(bundle + "?since=1", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var conditional = new HttpRequestMessage(HttpMethod.Get, bundle);
        conditional.Headers.TryAddWithoutValidation("If-None-Match", "\"1\"");
        (await product.SendAsync(conditional, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await bench.Service.Api.PostOkAsync(Path(bench, created) + "/archive");
        await product.GetAsync(bundle, Cancel).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.invalid");
    }

    [Fact]
    public async Task TrustBundle_ChangeWhileWaiting_EndsTheWait()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        using var product = bench.Service.Client((await CreateAsync(bench, "product")).Text("credential")!);

        var call = product.GetAsync($"/v1/tunnels/{bench.TunnelId}/trust_bundle?since=0&wait=30s", Cancel);
        await RegisterAnchorAsync(bench, "One");

        (await (await call).JsonAsync()).GetProperty("epoch").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Credential_AnythingElse_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        using var product = bench.Service.Client((await CreateAsync(bench, "product")).Text("credential")!);
        var other = await bench.Service.Api.PostOkAsync("/v1/tunnels", "{}");

        await product.GetAsync("/v1/tunnels", Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await product
            .GetAsync($"/v1/tunnels/{other.Id()}/trust_bundle", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await product
            .PostAsync($"/v1/tunnels/{bench.TunnelId}/relying_parties", """{"name":"x"}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task AccessToken_OfNoRecord_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        using var token = bench.Service.Client(bench.AgentToken(scope: Scopes.BundleRead));
        var bundle = $"/v1/tunnels/{bench.TunnelId}/trust_bundle";

        await token.GetAsync(bundle, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "relying_party.unknown");
        using var agent = bench.Service.Client(bench.AgentToken());
        await agent.GetAsync(bundle, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Acknowledge_ByAPerson_CountsWithoutAFetch()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        var created = await CreateAsync(bench, "appliance");

        await bench
            .Service.Api.PostAsync(Path(bench, created) + "/acknowledge", """{"epoch":2}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "bundle.epoch");
        await bench.Service.Api.PostOkAsync(Path(bench, created) + "/acknowledge", """{"epoch":1}""");

        var shown = await bench.Service.Api.GetOkAsync(Path(bench, created));
        shown.GetProperty("acknowledged_epoch").GetInt64().ShouldBe(1);
        shown.Text("acknowledged_by").ShouldStartWith("key_");
    }

    // S16: without the party the switch would continue, so one person alone must not remove it.
    [Fact]
    public async Task Archive_WhileASwitchWaitsForIt_TakesTwoPeople()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (bob, _) = await bench.PersonAsync("Bob");
        using var second = bob;
        var staged = await StagedAsync(bench, bob);
        var party = await CreateAsync(bench.Machines, "product");
        bench.Gate.Blockers.Add(new(ActivationBlockerKind.RelyingParty, party.Id(), bench.Service.Time.GetUtcNow(), 2));
        var archive = Path(bench.Machines, party) + "/archive";

        var refused = await bench
            .Api.PostAsync(archive, "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "relying_party.awaited");
        refused.GetProperty("details").Text("override")!.ShouldStartWith($"culvert ca override {staged} ");
        (
            await bench.Run(staged, "override", new { missing = new[] { party.Id() }, reason = "switched off" })
        ).Dispose();
        await bench.Api.PostAsync(archive, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
        (await bob.PostOkAsync(archive)).Text("archived_at").ShouldNotBeNull();
    }

    [Fact]
    public async Task Acknowledge_ByAWorkloadInAPersonsPlace_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        var created = await CreateAsync(bench, "appliance");
        using var workload = bench.Service.Client(bench.AgentToken(scope: Scopes.ManageTunnels));

        await workload
            .PostAsync(Path(bench, created) + "/acknowledge", """{"epoch":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
    }

    [Fact]
    public async Task Acknowledge_ByAPersonForOneThatPolls_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        var created = await CreateAsync(bench, "product");
        using var product = bench.Service.Client(created.Text("credential")!);
        var acknowledge = Path(bench, created) + "/acknowledge";

        // A person may speak, also twice, until it speaks for itself.
        await bench.Service.Api.PostOkAsync(acknowledge, """{"epoch":0}""");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.Service.Api.PostOkAsync(acknowledge, """{"epoch":1}""");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(1));
        await product.GetOkAsync($"/v1/tunnels/{bench.TunnelId}/trust_bundle");

        var refused = await bench
            .Service.Api.PostAsync(acknowledge, """{"epoch":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "bundle.own_word");
        refused.Text("message")!.ShouldContain($"culvert ca override ID --missing {created.Id()}");
        (await Acknowledge(product, bench, 1)).Dispose();
        await bench
            .Service.Api.PostAsync(acknowledge, """{"epoch":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "bundle.own_word");
    }

    [Theory]
    [InlineData("?since=1")]
    [InlineData("?since=1&wait=30s")]
    [InlineData("?since=7&wait=30s")]
    public async Task TrustBundle_ClaimOfAnEpochNeverGiven_GetsTheContent(string query)
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await RegisterAnchorAsync(bench, "One");
        using var product = bench.Service.Client((await CreateAsync(bench, "product")).Text("credential")!);
        using var call = new HttpRequestMessage(HttpMethod.Get, $"/v1/tunnels/{bench.TunnelId}/trust_bundle{query}");
        call.Headers.TryAddWithoutValidation("If-None-Match", "\"1\"");

        using var answer = await product.SendAsync(call, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync()).GetProperty("epoch").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Create_BadInput_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.WithSingleApproval);
        await CreateAsync(bench, "product");
        (string Body, HttpStatusCode Status, string Code)[] rows =
        [
            ("""{"name":"product"}""", HttpStatusCode.Conflict, "relying_party.name_taken"),
            ("""{"name":" "}""", HttpStatusCode.BadRequest, "request.invalid"),
            ("""{"name":"a\u0000"}""", HttpStatusCode.BadRequest, "request.invalid"),
            ("""{"name":"a","scope":"x"}""", HttpStatusCode.BadRequest, "request.invalid"),
            ("""{"name":"a","service_account_id":"svac_x"}""", HttpStatusCode.BadRequest, "request.invalid"),
        ];

        foreach (var (body, status, code) in rows)
        {
            await bench
                .Service.Api.PostAsync($"/v1/tunnels/{bench.TunnelId}/relying_parties", body)
                .ShouldRefuseAsync(status, code);
        }
    }

    private static Task<JsonElement> CreateAsync(MachineBench bench, string name) =>
        bench.Service.Api.PostOkAsync(
            $"/v1/tunnels/{bench.TunnelId}/relying_parties",
            JsonSerializer.Serialize(new { name })
        );

    private static Task<HttpResponseMessage> Acknowledge(HttpClient client, MachineBench bench, long epoch) =>
        client.PostAsync(
            $"/v1/tunnels/{bench.TunnelId}/trust_bundle/acknowledgements",
            JsonSerializer.Serialize(new { epoch })
        );

    private static async Task<string> StagedAsync(AuthorityBench bench, HttpClient approver)
    {
        await RegisterAnchorAsync(bench.Machines, "One");
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        bench.Gate.Blockers.Add(
            new(ActivationBlockerKind.Propagation, "propagation", bench.Service.Time.GetUtcNow(), 2)
        );
        (await bench.Upload(id, chain)).Dispose();
        (await bench.Approve(id, chain, approver)).Dispose();
        (await bench.StateAsync(id)).ShouldBe("staged");
        return id;
    }

    private static Task<JsonElement> RegisterAnchorAsync(MachineBench bench, string name) =>
        bench.Service.Api.PostOkAsync(
            $"/v1/tunnels/{bench.TunnelId}/certificates",
            JsonSerializer.Serialize(new { ca_certificate_pem = TestCertificates.Authority(name) })
        );

    private static string Path(MachineBench bench, JsonElement party) =>
        $"/v1/tunnels/{bench.TunnelId}/relying_parties/{party.Id()}";
}
