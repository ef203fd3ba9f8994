using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Policies;

/// <summary>Versions of routes' policies are drafted by one person, approved by another, and go out by the feed.</summary>
public sealed class RoutePoliciesTests : PolicyTest
{
    [Fact]
    public async Task Draft_ApprovedByASecondPerson_IsInTheFeed()
    {
        var draft = await DraftAsync(Text);

        draft.Text("state").ShouldBe("draft");
        draft.GetProperty("version").GetInt32().ShouldBe(1);
        draft.Text("digest").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text))));
        (await FeedAsync()).ShouldBeEmpty();

        var active = await Bob.PostOkAsync($"{Policies}/{draft.Id()}/approve", """{"reason":"read"}""");

        active.Text("state").ShouldBe("active");
        active.Text("reason").ShouldBe("read");
        var sent = (await FeedAsync()).Single();
        sent.Text("hostname").ShouldBe(Host);
        sent.Id().ShouldBe(draft.Id());
        sent.Text("text").ShouldBe(Text);
        sent.Text("digest").ShouldBe(draft.Text("digest"));
        (await EventsAsync()).ShouldBe(["tunnel_policy_drafted", "tunnel_policy_approved"]);
    }

    [Fact]
    public async Task Approve_WakesAWaitingFeed()
    {
        var draft = await DraftAsync(Text);
        var feed = await Agent.GetOkAsync("/v1/agent/feed?since=0");
        var call = Agent.GetOkAsync(
            $"/v1/agent/feed?since={feed.GetProperty("revision").GetInt64()}&held={feed.Text("digest")}&wait=30s"
        );

        await Bob.PostOkAsync($"{Policies}/{draft.Id()}/approve");

        (await call).GetProperty("policies").GetArrayLength().ShouldBe(1);
    }

    // Which of them is first is not known. Each answer says what was decided, and the feed has one version.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Approve_OfTwoDraftsAtOnce_LeavesOneActive()
    {
        var drafts = new[] { await DraftAsync(Text), await DraftAsync(Narrow) };

        var answers = await Task.WhenAll(
            drafts.Select(draft => Bob.PostAsync($"{Policies}/{draft.Id()}/approve", "{}"))
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBeGreaterThan(0);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            (await refused.ErrorCodeAsync()).ShouldBeOneOf("policies.outdated", "store.unavailable");
        }

        (await FeedAsync()).Length.ShouldBe(1);
        (await IdsAsync("?state=active")).Length.ShouldBe(1);
    }

    // Both saw the same version in force: one of the two was not reviewed against what the other one made.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Approve_OfTwoDraftsAtOnce_ThatReplaceTheSame_ApprovesOne(bool hasActive)
    {
        var seen = hasActive ? (await ApproveAsync(await DraftAsync(Wide))).Id() : "none";
        var drafts = new[] { await DraftAsync(Text), await DraftAsync(Narrow) };

        var answers = await Task.WhenAll(
            drafts.Select(draft => Bob.PostAsync($"{Policies}/{draft.Id()}/approve", $$"""{"replaces":"{{seen}}"}"""))
        );

        var refused = answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).ShouldHaveSingleItem();
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.ErrorCodeAsync()).ShouldBe("policies.replaced");
        (await FeedAsync()).Length.ShouldBe(1);
        (await IdsAsync("?state=draft")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Approve_OfAnotherVersionThanWasCompared_IsRefused_UntilItIsCompared()
    {
        var first = await ApproveAsync(await DraftAsync(Wide));
        var (second, third) = (await DraftAsync(Text), await DraftAsync(Narrow));
        await Bob.PostOkAsync($"{Policies}/{second.Id()}/approve", $$"""{"replaces":"{{first.Id()}}"}""");
        var approve = $"{Policies}/{third.Id()}/approve";

        await Bob.PostAsync(approve, $$"""{"replaces":"{{first.Id()}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.replaced");
        await Bob.PostAsync(approve, """{"replaces":"none"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.replaced");
        await Bob.PostAsync(approve, """{"replaces":"the first"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        (await Bob.PostOkAsync(approve, $$"""{"replaces":"{{second.Id()}}"}""")).Text("state").ShouldBe("active");
    }

    [Fact]
    public async Task Withdraw_ByTheDrafter_EndsTheDraft()
    {
        var active = await ApproveAsync(await DraftAsync(Narrow));
        var draft = await DraftAsync(Text);

        var withdrawn = await Bench.Api.PostOkAsync($"{Policies}/{draft.Id()}/withdraw", """{"reason":"mistake"}""");

        withdrawn.Text("state").ShouldBe("withdrawn");
        withdrawn.Text("reason").ShouldBe("mistake");
        withdrawn.Text("decided_by").ShouldBe(draft.Text("drafted_by"));
        foreach (var verb in new[] { "approve", "reject" })
        {
            await Bob.PostAsync($"{Policies}/{draft.Id()}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.decided");
        }

        (await FeedAsync()).Single().Id().ShouldBe(active.Id());
        (await IdsAsync("?state=withdrawn")).ShouldBe([draft.Id()]);
        (await EventsAsync())[^1].ShouldBe("tunnel_policy_withdrawn");
    }

    // Which of them is first is not known, and a withdrawn draft is never in force.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Withdraw_AtTheMomentOfAnApproval_OneOfThemIsRefused()
    {
        var draft = await DraftAsync(Text);

        var answers = await Task.WhenAll(
            Bob.PostAsync($"{Policies}/{draft.Id()}/approve", "{}"),
            Bench.Api.PostAsync($"{Policies}/{draft.Id()}/withdraw", "{}")
        );

        var refused = answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).ShouldHaveSingleItem();
        (await refused.ErrorCodeAsync()).ShouldBe("policies.decided");
        var state = (await Bench.Api.GetOkAsync($"{Policies}/{draft.Id()}")).Text("state");
        state.ShouldBe(answers[0] == refused ? "withdrawn" : "active");
        (await FeedAsync()).Length.ShouldBe(state == "active" ? 1 : 0);
    }

    [Fact]
    public async Task Draft_ForgetsOldVersions_ButNotTheOneThatARollbackReturnsTo()
    {
        var first = await ApproveAsync(await DraftAsync(Narrow));
        await ApproveAsync(await DraftAsync(Text));
        var rejected = await DraftAsync(Text);
        for (var i = 0; i < RoutePolicyStore.MaxVersions; i++)
        {
            await Bob.PostOkAsync($"{Policies}/{rejected.Id()}/reject");
            rejected = await DraftAsync(Text);
        }

        rejected.GetProperty("version").GetInt32().ShouldBe(RoutePolicyStore.MaxVersions + 3);
        (await Bench.Api.GetOkAsync($"{Policies}?limit=1000")).GetProperty("data").GetArrayLength().ShouldBe(102);
        (await Bob.PostOkAsync($"{Policies}/rollback", RollBackBody)).Id().ShouldBe(first.Id());
    }

    [Fact]
    public async Task Report_OfAFault_IsShownAtTheVersion()
    {
        var active = await ApproveAsync(await DraftAsync(Text));
        var report = InventoryScene.WriteReport(
            "null",
            $$"""
            {"name":"docs","hostname":"{{Host}}","upstream_healthy":true,"detail":"",
             "service_policy":{"in_force":null,"refused":"{{active.Id()}}","problem":"line 3: no such issuer"} }
            """
        );

        (await InventoryScene.SendAsync(Agent, report)).ShouldBe(HttpStatusCode.NoContent);

        foreach (
            var shown in new[]
            {
                await Bench.Api.GetOkAsync($"{Policies}/{active.Id()}"),
                (await Bench.Api.GetOkAsync(Policies)).GetProperty("data")[0],
            }
        )
        {
            shown.GetProperty("faults")[0].Text("problem").ShouldBe("line 3: no such issuer");
        }
    }

    [Fact]
    public async Task RollBack_TakesTheLastApprovalBack_Once()
    {
        var first = await ApproveAsync(await DraftAsync(Narrow));
        var body = $$"""{"hostname":"{{Host}}","reason":"broken"}""";
        await Bench
            .Api.PostAsync($"{Policies}/rollback", body)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.no_rollback");
        var second = await ApproveAsync(await DraftAsync(Text));

        var back = await Bench.Api.PostOkAsync($"{Policies}/rollback", body);

        back.Id().ShouldBe(first.Id());
        back.Text("state").ShouldBe("active");
        (await FeedAsync()).Single().Id().ShouldBe(first.Id());
        (await Bench.Api.GetOkAsync($"{Policies}/{second.Id()}")).Text("state").ShouldBe("superseded");
        (await EventsAsync())[^1].ShouldBe("tunnel_policy_rolled_back");
        await Bench
            .Api.PostAsync($"{Policies}/rollback", body)
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.no_rollback");
        await Bench
            .Api.PostAsync($"{Policies}/rollback", $$"""{"hostname":"other.{{Domain}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "policies.no_rollback");
    }

    [Fact]
    public async Task List_Filters_AndLeavesTextsOut()
    {
        var first = await ApproveAsync(await DraftAsync(Text));
        var second = await DraftAsync(Narrow);
        var other = await DraftAsync(Narrow, Domain);

        (await IdsAsync("")).ShouldBe([other.Id(), second.Id(), first.Id()]);
        (await IdsAsync($"?hostname={Host}")).ShouldBe([second.Id(), first.Id()]);
        (await IdsAsync("?state=active,rejected")).ShouldBe([first.Id()]);
        (await Bench.Api.GetOkAsync(Policies)).ToString().ShouldNotContain("mode: enforce");
        await Bench
            .Api.GetAsync($"{Policies}?state=open", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    // The oldest first.
    private async Task<string[]> EventsAsync() =>
        [
            .. (await Bench.Api.GetOkAsync("/v1/audit?limit=1000"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.Text("event"))
                .Where(name => name.StartsWith("tunnel_policy_", StringComparison.Ordinal))
                .Reverse(),
        ];
}
