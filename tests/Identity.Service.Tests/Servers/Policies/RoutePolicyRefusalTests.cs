using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Configuration;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Policies;

/// <summary>Each refusal of the operations on policies, by its code.</summary>
public sealed class RoutePolicyRefusalTests : PolicyTest
{
    [Fact]
    public async Task Approve_BySomeoneWhoCannot_IsRefused()
    {
        var draft = await DraftAsync(Text);
        var approve = $"{Policies}/{draft.Id()}/approve";
        using var manager = Bench.Service.Client(Bench.Machines.AgentToken(scope: Scopes.ManageTunnels));
        using var workload = Bench.Service.Client(Bench.Machines.AgentToken(scope: Scopes.OrganizationAdmin));

        await manager.PostAsync(approve, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await Bench.Api.PostAsync(approve, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "policies.same_person");
        foreach (var verb in new[] { $"{draft.Id()}/approve", $"{draft.Id()}/reject" })
        {
            await workload
                .PostAsync($"{Policies}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
        }

        await workload
            .PostAsync($"{Policies}/rollback", RollBackBody)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
        (await FeedAsync()).ShouldBeEmpty();
    }

    // The person of the provider may have the key, too.
    [Fact]
    public async Task Approve_ByAKeyWithoutPerson_OfAPersonsDraft_IsRefused()
    {
        var (ada, _) = await Bench.PersonAsync("Ada", owner: new KeyOwner("https://idp.example", "ada"));
        var (again, _) = await Bench.PersonAsync("Ada too", owner: new KeyOwner("https://idp.example", "ada"));
        var (eve, _) = await Bench.PersonAsync("Eve", owner: new KeyOwner("https://idp.example", "eve"));
        using (ada)
        using (again)
        using (eve)
        {
            var draft = await ada.PostOkAsync(Policies, Body(Text));
            var approve = $"{Policies}/{draft.Id()}/approve";

            await Bob.PostAsync(approve, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.person_unknown");
            await again.PostAsync(approve, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "policies.same_person");
            (await eve.PostOkAsync(approve)).Text("state").ShouldBe("active");
        }
    }

    [Fact]
    public async Task Roles_DraftDecideAndRead()
    {
        using var viewer = await WithRoleAsync(RoleName.Viewer);
        using var auditor = await WithRoleAsync(RoleName.Auditor);
        using var operators = await WithRoleAsync(RoleName.Operator);
        using var approver = await WithRoleAsync(RoleName.Approver);

        await auditor.PostAsync(Policies, Body(Text)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await approver.PostAsync(Policies, Body(Text)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        var draft = await operators.PostOkAsync(Policies, Body(Text));
        foreach (var verb in new[] { $"{draft.Id()}/approve", $"{draft.Id()}/reject", "rollback" })
        {
            await operators
                .PostAsync($"{Policies}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        }

        await viewer.GetAsync(Policies, Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        (await auditor.GetOkAsync($"{Policies}/{draft.Id()}")).Text("text").ShouldBe(Text);
        // Keys that one administrator made are one person.
        await approver
            .PostAsync($"{Policies}/{draft.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "policies.same_person");
        (await approver.PostOkAsync($"{Policies}/{draft.Id()}/reject")).Text("state").ShouldBe("rejected");
    }

    [Fact]
    public async Task Withdraw_IsOfTheDrafterAlone()
    {
        var draft = await DraftAsync(Text);
        using var workload = Bench.Service.Client(Bench.Machines.AgentToken(scope: Scopes.ManageTunnels));
        using var viewer = await WithRoleAsync(RoleName.Viewer);
        using var operators = await WithRoleAsync(RoleName.Operator);
        var own = await workload.PostOkAsync(Policies, Body(Narrow));

        await viewer
            .PostAsync($"{Policies}/{draft.Id()}/withdraw", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        foreach (var (other, id) in new[] { (Bob, draft.Id()), (workload, draft.Id()), (Bob, own.Id()) })
        {
            await other
                .PostAsync($"{Policies}/{id}/withdraw", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "policies.not_drafter");
        }

        // A workload decides nothing, and takes back what it drafted itself.
        (await workload.PostOkAsync($"{Policies}/{own.Id()}/withdraw"))
            .Text("state")
            .ShouldBe("withdrawn");
        // Keys that one administrator made are one person.
        (await operators.PostOkAsync($"{Policies}/{draft.Id()}/withdraw"))
            .Text("state")
            .ShouldBe("withdrawn");
        await operators
            .PostAsync($"{Policies}/{draft.Id()}/withdraw", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.decided");
        var active = await ApproveAsync(await DraftAsync(Text));
        await Bench
            .Api.PostAsync($"{Policies}/{active.Id()}/withdraw", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.decided");
    }

    [Fact]
    public async Task Draft_WithSeveralErrors_NamesEachWithItsLineKeyAndRemedy()
    {
        using var answer = await TryDraftAsync("mode: strict\nrule: []\nrules: x\n");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        var details = body.RootElement.GetProperty("error").GetProperty("details");
        var problems = details.GetProperty("problems").EnumerateArray().ToList();
        problems.Select(one => one.Text("key")).ShouldBe(["mode", "rule", "rules"], ignoreOrder: true);
        problems.Single(one => one.Text("key") == "rule").GetProperty("line").GetInt32().ShouldBe(2);
        problems.ShouldAllBe(one => one.Text("message").Length > 0 && one.Text("remedy").Length > 0);
        details.Text("problem").ShouldContain(problems[0].Text("message"));
    }

    [Fact]
    public async Task Change_WithTooLongTexts_IsRefused()
    {
        var draft = await DraftAsync(Text);
        var reason = $$"""{"reason":"{{new string('x', ReasonRequest.MaxReasonLength + 1)}}"}""";
        var text = new JsonObject
        {
            ["hostname"] = Host,
            ["text"] = Text,
            ["comment"] = new string('x', DraftRoutePolicyRequest.MaxComment),
        };

        (await Bench.Api.PostOkAsync(Policies, text.ToJsonString())).Text("state").ShouldBe("draft");
        text["comment"] = new string('x', DraftRoutePolicyRequest.MaxComment + 1);
        await Bench
            .Api.PostAsync(Policies, text.ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        await Bench
            .Api.PostAsync(Policies, """{"hostname":"x","text":"mode: enforce","state":"active"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        foreach (var verb in new[] { "approve", "reject", "withdraw" })
        {
            await Bob.PostAsync($"{Policies}/{draft.Id()}/{verb}", reason)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }

        await Bob.PostAsync(
                $"{Policies}/rollback",
                reason.Replace("{", $$"""{"hostname":"{{Host}}",""", StringComparison.Ordinal)
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task ArchivedTunnel_ChangesNoPolicy_AndShowsThem()
    {
        var draft = await DraftAsync(Text);
        await Bench.Api.PostOkAsync($"/v1/tunnels/{Bench.Machines.TunnelId}/archive");

        await TryDraftAsync(Text).ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        await Bob.PostAsync($"{Policies}/{draft.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        await Bob.PostAsync($"{Policies}/rollback", RollBackBody)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
        (await IdsAsync("")).ShouldBe([draft.Id()]);
    }

    [Fact]
    public async Task Approve_OfADecidedOrOutdatedVersion_IsRefused()
    {
        var old = await DraftAsync(Text);
        var rejected = await DraftAsync(Text);
        await ApproveAsync(await DraftAsync(Narrow));
        (await Bench.Api.PostOkAsync($"{Policies}/{rejected.Id()}/reject")).Text("state").ShouldBe("rejected");

        await Bob.PostAsync($"{Policies}/{old.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.outdated");
        foreach (var verb in new[] { "approve", "reject" })
        {
            await Bob.PostAsync($"{Policies}/{rejected.Id()}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.decided");
        }

        (await FeedAsync()).Single().Text("text").ShouldBe(Narrow);
    }

    [Theory]
    [InlineData("rules: []")]
    [InlineData("mode: enforce\nrules: x")]
    [InlineData("mode: enforce\nrule: []")]
    [InlineData("mode: strict")]
    [InlineData("from: service\nmode: enforce")]
    [InlineData("mode: enforce\nmode: observe")]
    [InlineData("mode: &a enforce")]
    [InlineData("mode: enforce\n---\nmode: off")]
    [InlineData("- enforce")]
    [InlineData("mode: enforce # \u202e")]
    [InlineData("")]
    public async Task Draft_OfAnotherForm_IsRefused(string text) =>
        await TryDraftAsync(text).ShouldRefuseAsync(HttpStatusCode.BadRequest, "policies.form");

    [Fact]
    public async Task Draft_HasAtMostSoManyBytes()
    {
        var room = PolicyForm.MaxBytes - Narrow.Length - 2;

        await TryDraftAsync(Narrow + "#" + new string('é', (room / 2) + 1) + "\n")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "policies.form");
        (await DraftAsync(Narrow + "#" + new string('a', room) + "\n")).Text("state").ShouldBe("draft");
    }

    [Theory]
    [InlineData("docs")]
    [InlineData("a.docs.{0}")]
    [InlineData("DOCS.{0}")]
    [InlineData(".{0}")]
    [InlineData("docs.example.com")]
    public async Task Draft_ForAnotherHostname_IsRefused(string hostname) =>
        await TryDraftAsync(Text, hostname.Replace("{0}", Domain, StringComparison.Ordinal))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "policies.hostname");

    [Fact]
    public async Task Draft_BeyondTheBoundOfDrafts_IsRefused()
    {
        for (var i = 0; i < 20; i++)
        {
            await DraftAsync(Narrow);
        }

        await TryDraftAsync(Narrow).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "policies.too_many");
        (await TryDraftAsync(Narrow, Domain)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Approve_BeyondTheBoundOfAllPolicies_IsRefused()
    {
        var large = Narrow + "#" + new string('a', PolicyForm.MaxBytes - Narrow.Length - 1);
        for (var i = 0; i < 4; i++)
        {
            await ApproveAsync(await DraftAsync(large, $"r{i}.{Domain}"));
        }

        var one = await DraftAsync(Narrow);

        await Bob.PostAsync($"{Policies}/{one.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.too_large");
    }

    [Fact]
    public async Task OtherOrganization_SeesNothing()
    {
        var draft = await DraftAsync(Text);
        var other = await Bench.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await Bench.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var eve = Bench.Service.Client(key.Text("admin_key"));
        var tunnel = await eve.PostOkAsync("/v1/tunnels");

        await eve.GetAsync(Policies, Cancel).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await eve.PostAsync($"{Policies}/{draft.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await eve.PostAsync($"/v1/tunnels/{tunnel.Id()}/policies/{draft.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Change_WhenTheStoreFails_IsRefusedAndChangesNothing()
    {
        var first = await ApproveAsync(await DraftAsync(Narrow));
        var second = await ApproveAsync(await DraftAsync(Text));
        var draft = await DraftAsync(Narrow);
        Bench.Service.Get<BreakingJournal>().IsBroken = true;

        foreach (var verb in new[] { "", $"/{draft.Id()}/approve", $"/{draft.Id()}/reject", "/rollback" })
        {
            var body = verb switch
            {
                "" => Body(Text),
                "/rollback" => RollBackBody,
                _ => "{}",
            };
            await Bob.PostAsync(Policies + verb, body)
                .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        }

        await Bench
            .Api.PostAsync($"{Policies}/{draft.Id()}/withdraw", "{}")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        Bench.Service.Get<BreakingJournal>().IsBroken = false;
        (await IdsAsync("")).ShouldBe([draft.Id(), second.Id(), first.Id()]);
        (await IdsAsync("?state=active")).ShouldBe([second.Id()]);
        (await IdsAsync("?state=draft")).ShouldBe([draft.Id()]);
    }

    private async Task<HttpClient> WithRoleAsync(string role)
    {
        var key = await Bench.Api.PostOkAsync("/v1/admin_keys", JsonSerializer.Serialize(new { name = role, role }));
        return Bench.Service.Client(key.Text("admin_key")!);
    }
}
