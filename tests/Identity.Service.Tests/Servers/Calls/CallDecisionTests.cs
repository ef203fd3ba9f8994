using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Webhooks;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>The receiver of a webhook decides by a signed message.</summary>
public sealed class CallDecisionTests : IAsyncLifetime
{
    private AuthorityBench bench = null!;
    private HttpClient agent = null!;
    private HttpClient anyone = null!;
    private int messages;

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorityBench.StartAsync(singleApproval: false);
        agent = (await bench.Machines.JoinAsync(bench.Machines.AgentToken())).Machine;
        anyone = bench.Service.Client(null);
    }

    public async ValueTask DisposeAsync()
    {
        anyone.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Decide_Approve_LetsTheCallPassOnce_AndNamesWebhookAndPerson()
    {
        var hook = await CreateAsync();
        var ticket = await AskAsync(1);

        var answer = await DecideAsync(hook, Body(ticket, "approve", person: "alice@example.com")).ShouldBeOkAsync();

        answer.Text("state").ShouldBe("approved");
        answer.TryGetProperty("arguments", out _).ShouldBeFalse();
        var shown = await bench.Api.GetOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}/approvals/{ticket.Id()}");
        shown.GetProperty("approved_by")[0].GetString().ShouldBe(hook.Id());
        shown.Text("reason").ShouldBe("checked");
        var entry = (await bench.Api.GetOkAsync("/v1/audit?limit=1000"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(one => one.Text("event") == "tunnel_approval_approved")
            .GetProperty("body");
        entry.GetProperty("actor").Text("type").ShouldBe("webhook");
        entry.GetProperty("actor").Text("id").ShouldBe(hook.Id());
        entry.GetProperty("actor").Text("subject").ShouldBe("alice@example.com");
        (await AskAsync(1)).Text("state").ShouldBe("approved");
        (await AskAsync(1)).Text("state").ShouldBe("pending");
    }

    [Fact]
    public async Task Decide_Reject_Rejects()
    {
        var ticket = await AskAsync(1);

        (await DecideAsync(await CreateAsync(), Body(ticket, "reject")).ShouldBeOkAsync())
            .Text("state")
            .ShouldBe("rejected");

        (await AskAsync(1)).Text("state").ShouldBe("rejected");
    }

    [Fact]
    public async Task Decide_Unproven_IsRefusedInOneShape()
    {
        var hook = await CreateAsync();
        var other = await CreateAsync();
        var archived = await CreateAsync();
        await bench.Api.PostOkAsync($"/v1/webhooks/{archived.Id()}/archive");
        var body = Body(await AskAsync(1), "approve");
        var (secret, now) = (hook.Text("secret")!, Now());
        var good = SignedRequests.Sign(secret, "one", now, body);
        var requests = new (string Hook, string Body, string Id, string Time, string Signature)[]
        {
            (hook.Id(), body, "one", now, ""),
            (hook.Id(), body, "one", now, "v1,"),
            (hook.Id(), body, "one", now, "v1,!"),
            (hook.Id(), body, "one", now, good[..^8]),
            (hook.Id(), body, "one", now, good.Replace("v1,", "v2,", StringComparison.Ordinal)),
            (hook.Id(), body, "one", now, string.Join(' ', Enumerable.Repeat("v1,AAAA", 128).Append(good))),
            (hook.Id(), body + " ", "one", now, good),
            (hook.Id(), body, "two", now, good),
            (hook.Id(), body, "", now, SignedRequests.Sign(secret, "", now, body)),
            (hook.Id(), body, "o.ne", now, SignedRequests.Sign(secret, "o.ne", now, body)),
            (hook.Id(), body, "one", "", good),
            (hook.Id(), body, "one", "0" + now, SignedRequests.Sign(secret, "one", "0" + now, body)),
            (hook.Id(), body, "one", "-1", SignedRequests.Sign(secret, "one", "-1", body)),
            (hook.Id(), body, "one", "999999999999", SignedRequests.Sign(secret, "one", "999999999999", body)),
            (hook.Id(), body, "one", Now(1), good),
            (hook.Id(), body, "one", now, SignedRequests.Sign(other.Text("secret")!, "one", now, body)),
            (archived.Id(), body, "one", now, SignedRequests.Sign(archived.Text("secret")!, "one", now, body)),
            ("hook_01" + new string('a', 22), body, "one", now, good),
            ("hook", body, "one", now, good),
        };

        var shapes = new HashSet<string>();
        foreach (var one in requests)
        {
            using var request = SignedRequests.Create(Path(one.Hook), one.Body, one.Id, one.Time, one.Signature);
            using var answer = await anyone.SendAsync(request, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, one.ToString());
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
            shapes.Add($"{error.Text("type")} {error.GetProperty("details")} {error.Text("message")}");
        }

        shapes.ShouldHaveSingleItem().ShouldContain("webhook.signature");
        (await AskAsync(1)).Text("state").ShouldBe("pending");
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public async Task Decide_OnlyWithinTheWindow(int seconds, bool isTaken)
    {
        var hook = await CreateAsync();
        var decided = DecideAsync(hook, Body(await AskAsync(1), "approve"), timestamp: Now(seconds));

        if (isTaken)
        {
            await decided.ShouldBeOkAsync();
        }
        else
        {
            await decided.ShouldRefuseAsync(HttpStatusCode.Forbidden, "webhook.timestamp");
        }
    }

    [Fact]
    public async Task Decide_WithAnIdThatWasUsed_IsRefused()
    {
        var hook = await CreateAsync();
        var first = Body(await AskAsync(1, approvers: 2), "approve");
        var second = Body(await AskAsync(2), "approve");
        await DecideAsync(hook, first, id: "same").ShouldBeOkAsync();

        foreach (var body in new[] { first, second })
        {
            await DecideAsync(hook, body, id: "same").ShouldRefuseAsync(HttpStatusCode.Conflict, "approvals.repeated");
        }

        await DecideAsync(await CreateAsync(), second, id: "same").ShouldBeOkAsync();
    }

    [Fact]
    public async Task Decide_ByAWebhookThatMayNot_IsRefused()
    {
        var hook = await bench.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/culvert"}""");

        hook.GetProperty("can_decide").GetBoolean().ShouldBeFalse();
        await DecideAsync(hook, Body(await AskAsync(1), "approve"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "webhook.cannot_decide");
    }

    /// <summary>A person who had the key for a minute was shown the secret.</summary>
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Decide_OnceTheKeyThatRegisteredTheWebhookIsRevoked_IsRefused()
    {
        var (mallory, key) = await bench.PersonAsync("Mallory");
        JsonElement hook;
        using (mallory)
        {
            hook = await CreateAsync(mallory);
            await DecideAsync(hook, Body(await AskAsync(1), "approve"), id: "before").ShouldBeOkAsync();
        }

        await bench.Api.PostOkAsync($"/v1/admin_keys/{key}/revoke", """{"reason":"stolen"}""");

        await DecideAsync(hook, Body(await AskAsync(2), "approve"), id: "after")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "webhook.cannot_decide");
        (await AskAsync(2)).Text("state").ShouldBe("pending");
        (await bench.Api.GetOkAsync("/v1/webhooks"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(one => one.Id() == hook.Id())
            .GetProperty("can_decide")
            .GetBoolean()
            .ShouldBeFalse();
    }

    [Fact]
    public async Task Decide_CallOfWhoRegisteredTheWebhook_IsRefused()
    {
        var (alice, _) = await bench.PersonAsync("Alice", owner: new KeyOwner("https://login.test", "alice"));
        using (alice)
        {
            await DecideAsync(await CreateAsync(alice), Body(await AskAsync(1), "approve"))
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.own_call");
        }
    }

    [Fact]
    public async Task Create_ThatDecides_IsAuditedAndNotForWorkloads()
    {
        await CreateAsync();
        using var workload = bench.Service.Client(bench.Machines.AgentToken(scope: Scopes.OrganizationAdmin));

        await workload
            .PostAsync("/v1/webhooks", """{"url":"https://hooks.example.com/x","can_decide":true}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
        (await bench.Api.GetOkAsync("/v1/audit?limit=1000"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(one => one.Text("event") == "webhook_created")
            .GetProperty("body")
            .GetProperty("event_data")
            .GetProperty("can_decide")
            .GetBoolean()
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Decide_WhereTwoMust_CountsTheWebhookAndWhoRegisteredItOnce()
    {
        var hook = await CreateAsync();
        var ticket = await AskAsync(1, approvers: 2);
        (await DecideAsync(hook, Body(ticket, "approve")).ShouldBeOkAsync()).Text("state").ShouldBe("pending");

        await DecideAsync(hook, Body(ticket, "approve", person: "someone else"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");
        await DecideAsync(await CreateAsync(), Body(ticket, "approve"))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");
        var approve = PathOf(ticket, "approve");
        await bench.Api.PostAsync(approve, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");
        var (bob, _) = await bench.PersonAsync("Bob");
        using (bob)
        {
            var approved = await bob.PostOkAsync(approve);
            approved.Text("state").ShouldBe("approved");
            approved.GetProperty("approved_by").GetArrayLength().ShouldBe(2);
        }
    }

    [Fact]
    public async Task Decide_AsTheSecond_CountsAsWhoRegisteredTheWebhook()
    {
        var hook = await CreateAsync();
        var (ada, _) = await bench.PersonAsync("Ada", owner: new KeyOwner("https://idp.example.com", "ada"));
        var (carol, _) = await bench.PersonAsync("Carol", owner: new KeyOwner("https://idp.example.com", "carol"));
        using (ada)
        using (carol)
        {
            var own = await AskAsync(1, approvers: 2);
            await bench.Api.PostOkAsync(PathOf(own, "approve"));
            await DecideAsync(hook, Body(own, "approve"))
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");

            var other = await AskAsync(2, approvers: 2);
            await ada.PostOkAsync(PathOf(other, "approve"));
            await DecideAsync(hook, Body(other, "approve"))
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.person_unknown");
            await DecideAsync(await CreateAsync(ada), Body(other, "approve"))
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.same_person");
            (await DecideAsync(await CreateAsync(carol), Body(other, "approve")).ShouldBeOkAsync())
                .Text("state")
                .ShouldBe("approved");
        }
    }

    // The signature was good when the message was read.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Decide_ByAWebhookThatIsArchivedMeanwhile_IsRefused()
    {
        var hook = await CreateAsync();
        var store = bench.Service.Get<WebhookStore>();
        var before = (await store.FindAsync(hook.Id(), Cancellation))!;
        var row = (
            await bench
                .Service.Get<CallApprovalStore>()
                .FindAsync(bench.Machines.TunnelId, (await AskAsync(1)).Id(), Cancellation)
        )!;
        await bench.Api.PostOkAsync($"/v1/webhooks/{hook.Id()}/archive");

        var decided = await bench
            .Service.Get<CallApprovals>()
            .ApproveAsync(
                new CallDecider(hook.Id(), "key", AuditCause.System) { Conditions = [store.RequireDecider(before.Id)] },
                row,
                null,
                Cancellation
            );

        decided.Refusal!.Code.Code.ShouldBe("webhook.signature");
        (await AskAsync(1)).Text("state").ShouldBe("pending");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Decide_OneMessageAtOnce_CountsOnce()
    {
        var hook = await CreateAsync();
        var body = Body(await AskAsync(1, approvers: 2), "approve");
        var other = Body(await AskAsync(2), "approve");

        var answers = await Task.WhenAll(
            DecideAsync(hook, body, id: "same"),
            DecideAsync(hook, other, id: "same"),
            DecideAsync(hook, body, id: "same"),
            DecideAsync(hook, other, id: "same")
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Decide_WhatIsDecidedOrExpiredOrElsewhere_IsRefused()
    {
        var hook = await CreateAsync();
        var ticket = await AskAsync(1);
        await DecideAsync(hook, Body(ticket, "reject"), id: "one").ShouldBeOkAsync();
        await DecideAsync(hook, Body(ticket, "approve"), id: "two")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "approvals.decided");

        var late = await AskAsync(2);
        bench.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        await DecideAsync(hook, Body(late, "approve"), id: "three")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "approvals.expired");

        var other = await bench.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await bench.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var eve = bench.Service.Client(key.Text("admin_key"));
        var foreign = await CreateAsync(eve);
        await DecideAsync(foreign, Body(await AskAsync(3), "approve"))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await DecideAsync(hook, """{"type":"approval.decision","approval_id":"x","decision":"approve","person":"a"}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Theory]
    [InlineData("approval.decision", "approval.requested")]
    [InlineData("approve", "yes")]
    [InlineData("\"alice\"", "\" \"")]
    [InlineData("\"alice\"", "null")]
    [InlineData("\"reason\"", "\"other\"")]
    public async Task Decide_Malformed_IsRefused(string from, string to)
    {
        var body = Body(await AskAsync(1), "approve");
        body.ShouldContain(from);

        await DecideAsync(await CreateAsync(), body.Replace(from, to, StringComparison.Ordinal))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Theory]
    [InlineData("person", 256, true)]
    [InlineData("person", 257, false)]
    [InlineData("reason", 1000, true)]
    [InlineData("reason", 1001, false)]
    public async Task Decide_LongTexts_AreRefused(string member, int length, bool isTaken)
    {
        var text = new string('x', length);
        var ticket = await AskAsync(1);
        var body = member == "person" ? Body(ticket, "approve", person: text) : Body(ticket, "approve", reason: text);

        var decided = DecideAsync(await CreateAsync(), body);

        if (isTaken)
        {
            await decided.ShouldBeOkAsync();
        }
        else
        {
            await decided.ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    [Fact]
    public async Task Decide_WithALargeBody_IsRefused() =>
        await DecideAsync(await CreateAsync(), new string(' ', 17_000))
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");

    [Fact]
    public async Task Decide_ReturningAMessageOfTheService_IsRefused()
    {
        var hook = await CreateAsync();
        var ticket = await AskAsync(1);
        var body =
            """{"type":"approval.requested","timestamp":"2026-01-01T00:00:00Z","data":{"approval_id":"ID"}}""".Replace(
                "ID",
                ticket.Id(),
                StringComparison.Ordinal
            );

        await DecideAsync(hook, body, id: "msg_1").ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Path(string hook) => $"/v1/webhooks/{hook}/decisions";

    private string PathOf(JsonElement ticket, string verb) =>
        $"/v1/tunnels/{bench.Machines.TunnelId}/approvals/{ticket.Id()}/{verb}";

    private static string Body(
        JsonElement ticket,
        string decision,
        string person = "alice",
        string reason = "checked"
    ) =>
        $$"""
            {"type":"approval.decision","approval_id":"{{ticket.Id()}}","decision":"{{decision}}","person":"{{person}}",
             "reason":"{{reason}}"}
            """;

    private string Now(int offsetSeconds = 0) =>
        SignedRequests.Unix(bench.Service.Time.GetUtcNow().AddSeconds(offsetSeconds));

    private Task<JsonElement> CreateAsync(HttpClient? by = null) =>
        (by ?? bench.Api).PostOkAsync(
            "/v1/webhooks",
            """{"url":"https://hooks.example.com/culvert","can_decide":true}"""
        );

    private Task<JsonElement> AskAsync(int number, int approvers = 1) =>
        agent.AskAsync(CallRequests.Body(number, approvers));

    private async Task<HttpResponseMessage> DecideAsync(
        JsonElement hook,
        string body,
        string? id = null,
        string? timestamp = null
    )
    {
        (id, timestamp) = (id ?? $"message-{++messages}", timestamp ?? Now());
        using var request = SignedRequests.Create(
            Path(hook.Id()),
            body,
            id,
            timestamp,
            "v1,AAAA " + SignedRequests.Sign(hook.Text("secret")!, id, timestamp, body)
        );
        return await anyone.SendAsync(request, Cancellation);
    }
}
