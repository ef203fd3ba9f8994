using System.Net;
using System.Text.Json;
using Culvert.Platform.Wire;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

/// <summary>Calls that a person has to approve, through inner TLS, with a double of the service over mutual TLS.</summary>
public sealed class ApprovalTests
{
    private const string Secret = "canary-7f3a-6";
    private const string Arguments =
        """{"amount":120,"note":"canary-7f3a-6","to":{"name":"canary-7f3a-6","list":["canary-7f3a-6"]}}""";

    [Fact]
    public async Task Call_ThatIsPending_GetsATicket_AndDoesNotReachTheUpstream()
    {
        await using var scene = await ApprovalScene.StartAsync();

        var (answer, body) = await scene.Tunnel.PostAsync(Call("pay", "7", Arguments));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_required"]);
        using var read = JsonDocument.Parse(body);
        read.RootElement.GetProperty("id").GetInt32().ShouldBe(7);
        var error = read.RootElement.GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32006);
        error.GetProperty("message").GetString()!.ShouldContain("appr_1. Repeat the call after approval.");
        error.GetProperty("data").GetProperty("ticket").GetString().ShouldBe("appr_1");
        error.GetProperty("data").GetProperty("expires").GetString().ShouldBe("2030-01-01T00:00:00Z");
        error.GetProperty("data").GetProperty("error_code").GetString().ShouldBe("policy.approval_required");
        scene.Tunnel.Upstream.Connections.ShouldBe(0);
        var record = await scene.RecordAsync();
        record.Decision.ShouldBe("refuse");
        record.Reason.ShouldBe("policy.approval_required");
        record.Approval.ShouldBe("appr_1");
    }

    [Fact] // the ticket would reach no caller
    public async Task Notification_ThatNeedsApproval_IsDeniedWithoutATicket()
    {
        await using var scene = await ApprovalScene.StartAsync();

        var (answer, body) = await scene.Tunnel.PostAsync(
            """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"pay","arguments":{"amount":1}}}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        body.ShouldBeEmpty();
        scene.Requests.ShouldBeEmpty();
        scene.Tunnel.Upstream.Connections.ShouldBe(0);
        var record = await scene.RecordAsync();
        (record.Decision, record.Reason).ShouldBe(("deny", "policy.approval_required"));
    }

    [Fact]
    public async Task Call_WithAnotherQueryOrMetadata_IsAnotherCall()
    {
        await using var scene = await ApprovalScene.StartAsync(query: "account");
        string[] queries = ["", "?account=1", "?account=2"];
        string[] metadata = ["{}", """{"account":1}""", """{"account":2}"""];
        foreach (var query in queries)
        {
            foreach (var meta in metadata)
            {
                await scene.Tunnel.PostAsync(
                    $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{},"_meta":{{{meta}}}}}""",
                    path: $"/mcp{query}"
                );
            }
        }

        scene.Requests.Select(r => r.Binding).Distinct().Count().ShouldBe(queries.Length * metadata.Length);
    }

    [Fact]
    public async Task Call_ThatIsApproved_IsMade()
    {
        await using var scene = await ApprovalScene.StartAsync();
        scene.State = CallApprovalAnswer.Approved;

        var (_, body) = await scene.Tunnel.PostAsync(Call("pay", "1", Arguments));

        body.ShouldBe(ApprovalScene.Ok);
        var record = await scene.RecordAsync();
        record.Decision.ShouldBe("allow");
        record.Approval.ShouldBe("appr_1");
    }

    [Theory]
    [InlineData(CallApprovalAnswer.Rejected, 200, "policy.approval_rejected", -32006)]
    [InlineData("something", 503, "policy.approval_unavailable", -32603)]
    [InlineData("", 503, "policy.approval_unavailable", -32603)]
    public async Task Call_ThatIsNotApproved_IsRefused(string state, int status, string reason, int code)
    {
        await using var scene = await ApprovalScene.StartAsync();
        scene.State = state;

        var (answer, body) = await scene.Tunnel.PostAsync(Call("pay", "9", Arguments));

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        body.ShouldContain("\"id\":9");
        body.ShouldContain($"\"code\":{code}");
        scene.Tunnel.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Service_ThatIsAway_RefusesTheCall(bool isEnrolled)
    {
        await using var scene = await ApprovalScene.StartAsync(isEnrolled: isEnrolled);
        await scene.StopServiceAsync();

        var (answer, _) = await scene.Tunnel.PostAsync(Call("pay", "1", Arguments));
        var (other, _) = await scene.Tunnel.PostAsync(Call("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_unavailable"]);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Observed_PassesAndAsksNobody()
    {
        await using var scene = await ApprovalScene.StartAsync(mode: "observe");

        (await scene.Tunnel.PostAsync(Call("pay", "1", Arguments))).Body.ShouldBe(ApprovalScene.Ok);

        scene.Requests.ShouldBeEmpty();
        var record = await scene.RecordAsync();
        record.Decision.ShouldBe("would_refuse");
        record.Reason.ShouldBe("policy.approval_required");
    }

    [Fact]
    public async Task Request_HasValuesOnlyWhereTheRuleShowsThem()
    {
        await using var scene = await ApprovalScene.StartAsync();

        await scene.Tunnel.PostAsync(Call("pay", "1", Arguments));

        scene.Bodies.Single().ShouldNotContain(Secret);
        var request = scene.Requests.Single();
        request.Rule.ShouldBe("pay");
        request.Name.ShouldBe("pay");
        request.Kind.ShouldBe("tool");
        request.Subject.ShouldBe("alice");
        request.ExpiresIn.ShouldBe(600);
        request.Approvers.ShouldBe(1);
        request
            .Arguments.Select(a => (a.At, a.Shape, a.Value))
            .ShouldBe([("/amount", "number", "120"), ("/note", "string:13", null), ("/to", "object:2", null)]);
    }

    [Fact]
    public async Task Binding_IsOfTheCallAndNotOfItsSpelling()
    {
        await using var scene = await ApprovalScene.StartAsync();
        var first = await scene.BindAsync(Call("pay", "1", """{"amount":1,"to":"a"}"""));

        (await scene.BindAsync(Call("pay", "2", """{ "to" : "\u0061" , "amount":1.0 }"""))).ShouldBe(first);
        string[] others =
        [
            await scene.BindAsync(Call("pay", "1", """{"amount":2,"to":"a"}""")),
            await scene.BindAsync(Call("pay", "1", """{"amount":1,"to":"A"}""")),
            await scene.BindAsync(Call("pay", "1", """{"amount":1,"to":"a","x":null}""")),
            await scene.BindAsync(Call("pay", "1", """{"amount":"1","to":"a"}""")),
            // The same double.
            await scene.BindAsync(Call("pay", "1", """{"amount":9007199254740992,"to":"a"}""")),
            await scene.BindAsync(Call("pay", "1", """{"amount":9007199254740993,"to":"a"}""")),
            await scene.BindAsync(Call("pay", "1", """{"amount":1,"to":"a"}"""), subject: "bob"),
        ];
        others.Append(first).Distinct().Count().ShouldBe(others.Length + 1);
    }

    [Fact]
    public async Task Binding_IsOfTheAnswersToTheServersQuestions_AndNotOfMeta()
    {
        await using var scene = await ApprovalScene.StartAsync();
        var first = await scene.BindAsync(WithParameters(""));

        (await scene.BindAsync(WithParameters(""","_meta":{"progressToken":5}"""))).ShouldBe(first);
        (await scene.BindAsync(WithParameters(""","inputResponses":{"a":{"action":"accept"}}"""))).ShouldNotBe(first);
    }

    [Fact]
    public async Task List_ShowsWhatNeedsApproval()
    {
        PolicyFile.Settings(ApprovalScene.Rule).Rules[0].Approval!.Expires.ShouldBe(TimeSpan.FromMinutes(10));
        await using var scene = await ApprovalScene.StartAsync();

        var (answer, _) = await scene.Tunnel.PostAsync(Request("tools/list"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        scene.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{name: a, effect: deny, tools: [x], require_approval: {}}", "has no effect")]
    [InlineData("{name: a, effect: allow, methods: [x], require_approval: {}}", "can be approved")]
    [InlineData(
        "{name: a, effect: allow, resources: [\"a:b\"], require_approval: {show: [/a]}}",
        "have arguments to show"
    )]
    [InlineData("{name: a, effect: allow, tools: [x], require_approval: {show: [a]}}", "not the JSON pointer")]
    [InlineData("{name: a, effect: allow, tools: [x], require_approval: {approvers: 3}}", "2")]
    [InlineData("{name: a, effect: allow, tools: [x], require_approval: {expires: 25h}}", "expires")]
    [InlineData("{name: a, effect: allow, tools: [x], require_approval: {expires: 30s}}", "expires")]
    [InlineData(
        "{name: b, effect: allow, tools: [\"*\"]}, {name: a, effect: allow, tools: [x], require_approval: {}}",
        "comes first"
    )]
    public void Rule_ThatAsksNobody_IsAnError(string rules, string problem) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{rules}]}}")
            .Errors.Select(e => e.ToString())
            .ShouldContain(e => e.Contains(problem, StringComparison.Ordinal));

    private static string WithParameters(string more) =>
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{"amount":1}{{{more}}}}}""";
}
