using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>Agents ask for the approval of calls, and people decide.</summary>
public sealed class CallApprovalsTests : IAsyncLifetime
{
    private AuthorityBench bench = null!;
    private HttpClient agent = null!;

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorityBench.StartAsync(singleApproval: false);
        agent = (await bench.Machines.JoinAsync(bench.Machines.AgentToken())).Machine;
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private string Approvals => $"/v1/tunnels/{bench.Machines.TunnelId}/approvals";

    [Fact]
    public async Task Ask_UntilAPersonApproves_IsPending_AndThenApprovedOnce()
    {
        var first = await AskAsync('a');
        var again = await AskAsync('a');
        first.Text("state").ShouldBe("pending");
        again.Id().ShouldBe(first.Id());

        var approved = await bench.Api.PostOkAsync($"{Approvals}/{first.Id()}/approve", """{"reason":"checked"}""");

        approved.Text("state").ShouldBe("approved");
        approved.Text("reason").ShouldBe("checked");
        approved.GetProperty("approved_by").GetArrayLength().ShouldBe(1);
        var used = await AskAsync('a');
        used.Text("state").ShouldBe("approved");
        used.Id().ShouldBe(first.Id());
        var next = await AskAsync('a');
        next.Text("state").ShouldBe("pending");
        next.Id().ShouldNotBe(first.Id());
        (await bench.Api.GetOkAsync($"{Approvals}/{first.Id()}")).Text("state").ShouldBe("used");
        (await EventsAsync()).ShouldBe([
            "tunnel_approval_requested",
            "tunnel_approval_approved",
            "tunnel_approval_used",
            "tunnel_approval_requested",
        ]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Ask_ByManyAgentsAtOnce_IsApprovedForOne()
    {
        var others = new List<HttpClient> { agent };
        for (var i = 0; i < 3; i++)
        {
            others.Add((await bench.Machines.JoinAsync(bench.Machines.AgentToken(), $"other{i}")).Machine);
        }

        var ticket = await AskAsync('a');
        await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");

        var answers = await Task.WhenAll(others.Concat(others).Select(one => AskAsync('a', by: one)));

        answers.Count(answer => answer.Text("state") == "approved").ShouldBe(1);
        answers
            .Where(answer => answer.Text("state") == "pending")
            .Select(answer => answer.Id())
            .Distinct()
            .Count()
            .ShouldBe(1);
        answers.Length.ShouldBe(8);
    }

    [Fact]
    public async Task Ask_ForAnotherBinding_IsAnotherTicket()
    {
        var ticket = await AskAsync('a');
        await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");

        (await AskAsync('b')).Text("state").ShouldBe("pending");

        (await AskAsync('a')).Text("state").ShouldBe("approved");
    }

    [Fact]
    public async Task Reject_RefusesUntilTheExpiry()
    {
        var ticket = await AskAsync('a');

        (await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/reject", """{"reason":"no"}"""))
            .Text("rejected_by")
            .ShouldNotBeNull();

        (await AskAsync('a')).Text("state").ShouldBe("rejected");
        await bench
            .Api.PostAsync($"{Approvals}/{ticket.Id()}/approve", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "approvals.decided");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(900));
        var next = await AskAsync('a');
        next.Text("state").ShouldBe("pending");
        next.Id().ShouldNotBe(ticket.Id());
    }

    [Theory]
    [InlineData(899, "approved")]
    [InlineData(900, "pending")]
    public async Task Approval_CanBeUsedUntilItExpires(int seconds, string state)
    {
        var ticket = await AskAsync('a');
        await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(seconds));

        (await AskAsync('a')).Text("state").ShouldBe(state);
    }

    [Fact]
    public async Task Approve_AfterTheExpiry_IsRefused()
    {
        var ticket = await AskAsync('a');
        bench.Service.Time.Advance(TimeSpan.FromSeconds(900));

        foreach (var verb in new[] { "approve", "reject" })
        {
            await bench
                .Api.PostAsync($"{Approvals}/{ticket.Id()}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Conflict, "approvals.expired");
        }

        (await ListAsync("expired")).Single().Id().ShouldBe(ticket.Id());
        (await ListAsync("pending")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Approve_WhereTwoMust_CountsPeople()
    {
        var ticket = await AskAsync('a', approvers: 2);
        var first = (await bench.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data")[0].Id();
        var (same, _) = await bench.PersonAsync("other key", madeWith: first);
        var (bob, _) = await bench.PersonAsync("Bob");
        using (same)
        using (bob)
        {
            (await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve")).Text("state").ShouldBe("pending");
            foreach (var client in new[] { bench.Api, same })
            {
                await client
                    .PostAsync($"{Approvals}/{ticket.Id()}/approve", "{}")
                    .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");
            }

            (await AskAsync('a')).Text("state").ShouldBe("pending");
            var approved = await bob.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
            approved.Text("state").ShouldBe("approved");
            approved.GetProperty("approved_by").GetArrayLength().ShouldBe(2);
            (await AskAsync('a')).Text("state").ShouldBe("approved");
        }
    }

    /// <summary>With single sign-on a caller and an administrator are the same pair of issuer and subject.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Approve_CallOfTheSamePerson_IsRefused_AndRejectingItIsNot(int approvers)
    {
        var ticket = await AskAsync('a', approvers);
        var (alice, aliceKey) = await bench.PersonAsync("Alice", owner: new KeyOwner("https://login.test", "alice"));
        var (second, _) = await bench.PersonAsync("Alice's other key", madeWith: aliceKey);
        var (bob, _) = await bench.PersonAsync("Bob", owner: new KeyOwner("https://login.test", "bob"));
        var (other, _) = await bench.PersonAsync("Another Alice", owner: new KeyOwner("https://other.test", "alice"));
        using (alice)
        using (second)
        using (bob)
        using (other)
        {
            foreach (var client in new[] { alice, second })
            {
                await client
                    .PostAsync($"{Approvals}/{ticket.Id()}/approve", "{}")
                    .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.own_call");
            }

            await bob.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
            if (approvers == 2)
            {
                await alice
                    .PostAsync($"{Approvals}/{ticket.Id()}/approve", "{}")
                    .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.own_call");
                await other.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
            }

            (await AskAsync('a', approvers)).Text("state").ShouldBe("approved");
            var own = await AskAsync('b');
            (await alice.PostOkAsync($"{Approvals}/{own.Id()}/reject")).Text("state").ShouldBe("rejected");
        }
    }

    [Fact]
    public async Task Approve_CallOfTheSamePerson_WhereTheInstallationHasOne_IsAllowed()
    {
        await bench.Service.ReloadAsync(ServiceUnderTest.WithSingleApproval);
        var ticket = await AskAsync('a');
        var (alice, _) = await bench.PersonAsync("Alice", owner: new KeyOwner("https://login.test", "alice"));
        using (alice)
        {
            (await alice.PostOkAsync($"{Approvals}/{ticket.Id()}/approve")).Text("state").ShouldBe("approved");
        }
    }

    [Fact]
    public async Task Decide_ByAWorkload_IsRefused()
    {
        var ticket = await AskAsync('a');
        using var workload = bench.Service.Client(bench.Machines.AgentToken(scope: Scopes.OrganizationAdmin));

        foreach (var verb in new[] { "approve", "reject" })
        {
            await workload
                .PostAsync($"{Approvals}/{ticket.Id()}/{verb}", "{}")
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
        }
    }

    [Theory]
    [InlineData("\"approvers\":1", "\"approvers\":3")]
    [InlineData("\"approvers\":1", "\"approvers\":0")]
    [InlineData("\"expires_in\":900", "\"expires_in\":59")]
    [InlineData("\"expires_in\":900", "\"expires_in\":86401")]
    [InlineData("\"kind\":\"tool\"", "\"kind\":\"method\"")]
    [InlineData("\"arguments\":[", "\"arguments\":[null,")]
    [InlineData("\"pin\":\"\"", "\"pin\":\"\",\"other\":1")]
    [InlineData("\"binding\":\"0", "\"binding\":\"")]
    [InlineData("\"binding\":\"0", "\"binding\":\"X")]
    public async Task Ask_ThatIsMalformed_IsRefused(string from, string to)
    {
        var body = CallRequests.Body(1);
        body.ShouldContain(from);

        await agent
            .PostAsync(CallRequests.Path, body.Replace(from, to, StringComparison.Ordinal))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Ask_WithLongTexts_IsRefused()
    {
        foreach (var member in new[] { "route", "name", "subject" })
        {
            var node = System.Text.Json.Nodes.JsonNode.Parse(CallRequests.Body(1))!;
            node[member] = new string('x', 2049);
            await agent
                .PostAsync(CallRequests.Path, node.ToJsonString())
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    [Fact]
    public async Task List_FiltersByState_AndShowsTheCall()
    {
        var first = await AskAsync('a');
        var second = await AskAsync('b');
        await bench.Api.PostOkAsync($"{Approvals}/{first.Id()}/reject");

        (await ListAsync()).Select(one => one.Id()).ShouldBe([second.Id(), first.Id()]);
        (await ListAsync("rejected")).Single().Id().ShouldBe(first.Id());
        var shown = (await ListAsync("pending")).Single();
        shown.Text("subject").ShouldBe("alice");
        shown.GetProperty("arguments")[0].Text("value").ShouldBe("120");
        await bench
            .Api.GetAsync($"{Approvals}?state=open", Cancellation)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Audit_HasNoValueOfAnArgument()
    {
        var ticket = await AskAsync('a');
        await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
        await AskAsync('a');

        var entries = (await bench.Api.GetOkAsync("/v1/audit?limit=1000")).ToString();

        entries.ShouldContain("tunnel_approval_used");
        entries.ShouldNotContain("\"/amount\"");
    }

    [Fact]
    public async Task Webhooks_GetEachStep()
    {
        var hook = await bench.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/culvert"}""");
        var ticket = await AskAsync('a');
        await bench.Api.PostOkAsync($"{Approvals}/{ticket.Id()}/approve");
        await AskAsync('a');
        var other = await AskAsync('b');
        await bench.Api.PostOkAsync($"{Approvals}/{other.Id()}/reject");

        var messages = (await bench.Api.GetOkAsync($"/v1/webhooks/{hook.Id()}/deliveries"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(message => message.Text("event")!);

        messages.ShouldBe(
            ["approval.requested", "approval.approved", "approval.used", "approval.requested", "approval.rejected"],
            ignoreOrder: true
        );
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<JsonElement> AskAsync(int number, int approvers = 1, HttpClient? by = null) =>
        (by ?? agent).AskAsync(CallRequests.Body(number, approvers));

    private async Task<JsonElement[]> ListAsync(string? state = null) =>
        [
            .. (await bench.Api.GetOkAsync(state is null ? Approvals : $"{Approvals}?state={state}"))
                .GetProperty("data")
                .EnumerateArray(),
        ];

    private async Task<IEnumerable<string>> EventsAsync() =>
        (await bench.Api.GetOkAsync("/v1/audit?limit=1000"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.Text("event")!)
            .Reverse()
            .Where(name => name.StartsWith("tunnel_approval_", StringComparison.Ordinal));
}
