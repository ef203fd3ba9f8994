using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Approvals;

/// <summary>A rule for people grants more only after a second person approved it; Alice and Bob have a key each.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class RuleApprovalTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;
    private HttpClient alice = null!;
    private HttpClient bob = null!;
    private string aliceKey = "";

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorizationBench.StartAsync();
        (alice, aliceKey) = await PersonKeys.AddAsync(bench.Service, bench.Organization, "Alice");
        (bob, _) = await PersonKeys.AddAsync(bench.Service, bench.Organization, "Bob");
        await bench.EnableAsync(true, isSingle: false);
    }

    public async ValueTask DisposeAsync()
    {
        alice.Dispose();
        bob.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Create_GrantsNothing_UntilASecondPersonApproves()
    {
        var rule = await CreateAsync(alice);

        rule.Text("state").ShouldBe("enforce");
        rule.GetProperty("awaits_approval").GetBoolean().ShouldBeTrue();
        rule.GetProperty("enforced_version").ValueKind.ShouldBe(JsonValueKind.Null);
        bench.Subject = "grace";
        (await SignInAsync()).ShouldBe("access_denied");

        var approved = await bob.PostOkAsync(Path(rule, "approve"), """{"version":1,"reason":"read"}""");

        approved.GetProperty("version").GetInt32().ShouldBe(2);
        approved.GetProperty("enforced_version").GetInt32().ShouldBe(2);
        approved.TryGetProperty("awaits_approval", out _).ShouldBeFalse();
        (await SignInAsync()).ShouldBe("files.read files.write");
        var audited = await bench.Federated.LastAuditAsync("platform_federation_rule_approved");
        audited.GetProperty("event_data").Text("reason").ShouldBe("read");
    }

    [Fact]
    public async Task Approve_AuthorOrAKeyThatTheAuthorMade_IsRefused()
    {
        var rule = await CreateAsync(alice);
        var (other, _) = await PersonKeys.AddAsync(
            bench.Service,
            bench.Organization,
            "Alice's other key",
            madeWith: aliceKey
        );
        using var disposed = other;

        await alice
            .PostAsync(Path(rule, "approve"), """{"version":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await other
            .PostAsync(Path(rule, "approve"), """{"version":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
    }

    [Fact]
    public async Task Update_GrantsMore_VersionInForceDecidesUntilApproval()
    {
        bench.Subject = "ada";
        var wider = await UpdateAsync(alice, """{"route_scopes":["files.read","files.write","files.delete"]}""");

        wider.GetProperty("awaits_approval").GetBoolean().ShouldBeTrue();
        wider.GetProperty("enforced_version").GetInt32().ShouldBe(1);
        (await SignInAsync()).ShouldBe("files.read files.write");
        (await bench.Federated.LastAuditAsync("platform_federation_rule_updated"))
            .GetProperty("event_data")
            .GetProperty("awaits_approval")
            .GetBoolean()
            .ShouldBeTrue();

        await bob.PostOkAsync(Path("approve"), """{"version":2}""");

        (await SignInAsync()).ShouldBe("files.read files.write files.delete");
    }

    [Theory]
    [InlineData("""{"route_scopes":["files.read"]}""")]
    [InlineData("""{"match":{"subject_prefix":"ada","claims":{"team":"a"}}}""")]
    [InlineData("""{"description":"new"}""")]
    [InlineData("""{"bind":"dpop"}""")]
    [InlineData("""{"client_ids":["https://client.example.com/metadata.json"]}""")]
    [InlineData("""{"expires_at":"2099-01-01T00:00:00Z"}""")]
    [InlineData("""{"state":"disabled"}""")]
    [InlineData("""{"state":"draft"}""")]
    [InlineData("""{"state":"audit"}""")]
    public async Task Update_GrantsNoMore_HasEffectAtOnce(string change)
    {
        var updated = await UpdateAsync(alice, change);

        updated.TryGetProperty("awaits_approval", out _).ShouldBeFalse();
        if (updated.Text("state") == "enforce")
        {
            updated.GetProperty("enforced_version").GetInt32().ShouldBe(2);
        }
    }

    [Theory]
    [InlineData("""{"match":{"subject_prefix":"bob"}}""")]
    [InlineData("""{"route_scopes":["files.delete"]}""")]
    [InlineData("""{"applies_to_all_workspaces":true}""")]
    [InlineData("""{"token_lifetime_seconds":7200}""")]
    public async Task Update_GrantsMore_AwaitsApproval(string change)
    {
        var updated = await UpdateAsync(alice, change);

        updated.GetProperty("awaits_approval").GetBoolean().ShouldBeTrue();
        updated.GetProperty("enforced_version").GetInt32().ShouldBe(1);
    }

    // Bob's edit makes him no author of what Alice added, and does not make Alice a second person.
    [Fact]
    public async Task Approve_AnotherPersonNarrowedMeanwhile_AuthorStillCannotApprove()
    {
        await UpdateAsync(alice, """{"route_scopes":["files.read","files.write","files.delete"]}""");
        await UpdateAsync(bob, """{"description":"reviewed","route_scopes":["files.read","files.delete"]}""");

        await alice
            .PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        var approved = await bob.PostOkAsync(Path("approve"), """{"version":3}""");

        approved.GetProperty("enforced_version").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Approve_BothAddedRights_NeedsAThirdPerson()
    {
        await UpdateAsync(alice, """{"route_scopes":["files.read","files.write","files.delete"]}""");
        await UpdateAsync(bob, """{"route_scopes":["files.read","files.write","files.delete","files.admin"]}""");
        var (carol, _) = await PersonKeys.AddAsync(bench.Service, bench.Organization, "Carol");
        using var disposed = carol;

        await alice
            .PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await bob.PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await carol.PostOkAsync(Path("approve"), """{"version":3}""");
    }

    // What a draft or a version in audit would grant is its author's, also if another person enforces it.
    [Theory]
    [InlineData("draft")]
    [InlineData("audit")]
    public async Task Approve_WrittenAsDraftOrAudit_AuthorCannotApprove(string state)
    {
        await UpdateAsync(
            alice,
            $$"""{"state":"{{state}}","route_scopes":["files.read","files.write","files.delete"]}"""
        );
        await UpdateAsync(bob, """{"state":"enforce"}""");

        await alice
            .PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await bob.PostOkAsync(Path("approve"), """{"version":3}""");
    }

    [Fact]
    public async Task Enforce_RuleWasOff_NeedsASecondPersonAgain()
    {
        await UpdateAsync(alice, """{"state":"disabled"}""");

        var on = await UpdateAsync(alice, """{"state":"enforce"}""");

        on.GetProperty("awaits_approval").GetBoolean().ShouldBeTrue();
        on.GetProperty("enforced_version").ValueKind.ShouldBe(JsonValueKind.Null);
        await alice
            .PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await bob.PostOkAsync(Path("approve"), """{"version":3}""");
    }

    [Fact]
    public async Task Workspaces_OfARuleThatAwaitsApproval_DoNotEnforceIt()
    {
        var workspace = await bench.Federated.NewWorkspaceAsync();
        await UpdateAsync(alice, """{"route_scopes":["files.read","files.write","files.delete"]}""");

        await alice.PostOkAsync(Path("workspaces"), $$"""{"workspace_id":"{{workspace}}"}""");
        await ShouldAwaitAsync(version: 3);
        using var removed = await alice.DeleteAsync(
            Path($"workspaces/{workspace}"),
            TestContext.Current.CancellationToken
        );

        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldAwaitAsync(version: 4);
    }

    [Fact]
    public async Task Workspaces_AddedToARuleInForce_AwaitApproval()
    {
        var workspace = await bench.Federated.NewWorkspaceAsync();

        await alice.PostOkAsync(Path("workspaces"), $$"""{"workspace_id":"{{workspace}}"}""");

        await ShouldAwaitAsync(version: 2);
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task Decide_NotTheVersionThatWaits_IsRefused(string verb)
    {
        await bob.PostAsync(Path(verb), """{"version":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "federation.not_waiting");
        await UpdateAsync(alice, """{"route_scopes":["files.delete"]}""");

        await bob.PostAsync(Path(verb), """{"version":1}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "federation.changed");
        await bob.PostAsync(Path(verb), "{}").ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await bob.PostAsync(Path(verb), $$"""{"version":2,"reason":"{{new string('x', 1001)}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await bob.PostAsync($"{FederatedService.Rules}/fdrl_01AAAAAAAAAAAAAAAAAAAAAA/{verb}", """{"version":1}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Reject_VersionInForce_IsTheNewestAgain()
    {
        await UpdateAsync(alice, """{"route_scopes":["files.delete"]}""");

        // The author may take it back, too.
        var rejected = await alice.PostOkAsync(Path("reject"), """{"version":2,"reason":"too much"}""");

        rejected.GetProperty("version").GetInt32().ShouldBe(3);
        rejected.GetProperty("enforced_version").GetInt32().ShouldBe(3);
        rejected.GetProperty("route_scopes").ToString().ShouldBe("""["files.read","files.write"]""");
        rejected.TryGetProperty("awaits_approval", out _).ShouldBeFalse();
        (await bench.Federated.LastAuditAsync("platform_federation_rule_rejected"))
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe("too much");
    }

    [Fact]
    public async Task Reject_NoVersionInForce_IsADraft_AndItsAuthorStillNeedsASecondPerson()
    {
        var rule = await CreateAsync(alice);

        var rejected = await bob.PostOkAsync(Path(rule, "reject"), """{"version":1}""");

        rejected.Text("state").ShouldBe("draft");
        await alice.PostOkAsync($"{FederatedService.Rules}/{rule.Text("id")}", """{"state":"enforce"}""");
        await alice
            .PostAsync(Path(rule, "approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "federation.same_person");
        await bob.PostOkAsync(Path(rule, "approve"), """{"version":3}""");
    }

    [Fact]
    public async Task Decide_FederatedWorkload_IsRefused()
    {
        await UpdateAsync(alice, """{"route_scopes":["files.delete"]}""");
        using var workload = bench.Service.Client(await AdministratorTokenAsync());

        await workload
            .PostAsync(Path("approve"), """{"version":2}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
        await workload
            .PostAsync(Path("reject"), """{"version":2}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
    }

    [Fact]
    public async Task Archive_RuleThatAwaitsApproval_WaitsNoLonger()
    {
        await UpdateAsync(alice, """{"route_scopes":["files.delete"]}""");

        var archived = await alice.PostOkAsync(Path("archive"), "{}");

        archived.TryGetProperty("awaits_approval", out _).ShouldBeFalse();
        await bob.PostAsync(Path("approve"), """{"version":3}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "federation.not_waiting");
    }

    [Fact]
    public async Task Status_RuleAwaitsApproval_IsAWarningWithTheCommand()
    {
        (await StatusAsync()).ShouldBe(["No rule waits for approval."]);
        await UpdateAsync(alice, """{"route_scopes":["files.delete"]}""");

        var messages = await StatusAsync();

        messages.Single().ShouldStartWith("Version 2 of rule rule-");
        messages.Single().ShouldEndWith($"culvert rule approve {bench.RuleId}");
    }

    [Fact]
    public async Task Create_OnePersonIsEnough_IsEnforcedAtOnce()
    {
        await bench.EnableAsync(true, isSingle: true);

        var rule = await CreateAsync(alice);

        rule.GetProperty("enforced_version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Create_ForWorkloads_NeedsNoSecondPerson()
    {
        var id = await bench.WorkloadRuleAsync();

        (await bench.Federated.GetAsync($"{FederatedService.Rules}/{id}"))
            .GetProperty("enforced_version")
            .GetInt32()
            .ShouldBe(1);
    }

    private async Task<string> AdministratorTokenAsync()
    {
        var account = await bench.Federated.AccountAsync(role: "admin");
        var body = bench.Federated.RuleBody(bench.IssuerId, account);
        body["oauth_scope"] = "org:admin";
        var rule = (await bench.Federated.CreateAsync(FederatedService.Rules, body)).Text("id");
        return await bench.Federated.AccessTokenAsync(rule);
    }

    private async Task<JsonElement> CreateAsync(HttpClient by)
    {
        var body = bench.Federated.RuleBody(bench.IssuerId, await bench.Federated.AccountAsync());
        body.Remove("oauth_scope");
        body["subject_type"] = "person";
        body["match"] = new JsonObject { ["subject_prefix"] = "grace" };
        body["route_scopes"] = new JsonArray("files.read", "files.write");
        body["tunnel_ids"] = new JsonArray(bench.TunnelId);
        return await by.PostOkAsync(FederatedService.Rules, body.ToJsonString());
    }

    private Task<JsonElement> UpdateAsync(HttpClient by, string change) =>
        by.PostOkAsync($"{FederatedService.Rules}/{bench.RuleId}", change);

    private string Path(string rest) => $"{FederatedService.Rules}/{bench.RuleId}/{rest}";

    private static string Path(JsonElement rule, string rest) => $"{FederatedService.Rules}/{rule.Text("id")}/{rest}";

    private async Task ShouldAwaitAsync(int version)
    {
        var rule = await bench.Federated.GetAsync($"{FederatedService.Rules}/{bench.RuleId}");
        rule.GetProperty("version").GetInt32().ShouldBe(version);
        rule.GetProperty("enforced_version").GetInt32().ShouldBe(1);
        rule.GetProperty("awaits_approval").GetBoolean().ShouldBeTrue();
    }

    private async Task<IReadOnlyList<string>> StatusAsync() =>
        [
            .. (await bench.Federated.GetAsync("/v1/status"))
                .GetProperty("checks")
                .EnumerateArray()
                .Where(check => check.Text("check") == "rules")
                .Select(check => $"{check.Text("summary")} {check.GetProperty("next")}".Trim()),
        ];

    // The scopes of the token, or the error that the client gets.
    private async Task<string> SignInAsync()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);
        if (page.StatusCode == HttpStatusCode.SeeOther)
        {
            return AuthorizationBench.AnswerTo(page)["error"];
        }

        using var answer = await bench.AnswerAsync(browser);
        var token = await bench.TokenOkAsync(bench.CodeForm(AuthorizationBench.AnswerTo(answer)["code"]));
        return token.Text("scope");
    }
}
