using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Tests.Policy.Answers;
using Culvert.Tunnel.Agent.Tests.Policy.Budgets;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

/// <summary>Answers that wait for a person, through inner TLS, with a double of the service over mutual TLS.</summary>
public sealed class AnswerApprovalTests
{
    private const string Canary = "CANARY-31415";
    private const string Orders =
        """{"orders":[{"id":"CANARY-31415","total":20000},{"id":"b","total":5,"note":"x"}]}""";
    private const string Large =
        "answer: {fields: [/orders/*/id, /orders/*/total], approve: {when: {at: /orders/*/total, above: 10000}, show: [/orders/*/total], expires: 10m}}";
    private const string Rule = "{name: large, effect: allow, tools: [get], " + Large + "}";

    private const string Crossed =
        ""","result":{"content":[{"type":"text","text":"{\"orders\":[{\"id\":\"CANARY-31415\",\"total\":20000},{\"id\":\"b\",\"total\":5}]}"}],"structuredContent":{"orders":[{"id":"CANARY-31415","total":20000},{"id":"b","total":5}]}}}""";

    private int calls;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Finding_ThatWaits_GivesATicketAndNothingElse(int httpVersion)
    {
        await using var scene = await StartAsync(Rule, Judged.Answer(Orders), $"X-Note: {Canary}\r\n");

        var (answer, body) = await scene.Tunnel.PostAsync(Call("get"), httpVersion);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_required"]);
        $"{answer}{body}".ShouldNotContain(Canary);
        var error = JsonElement.Parse(body).GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(-32006);
        error.GetProperty("data").GetProperty("ticket").GetString().ShouldBe("appr_1");
        var record = await scene.RecordAsync();
        (record.Decision, record.Reason, record.Approval).ShouldBe(("refuse", "policy.approval_required", "appr_1"));
        record.Answer.ShouldNotBeNull().Digest.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Request_SaysThatAnAnswerWaits_WithTheValuesThatTheRuleShows()
    {
        await using var scene = await StartAsync();

        await scene.Tunnel.PostAsync(Call("get"));

        scene.Bodies.Single().ShouldNotContain(Canary);
        var request = scene.Requests.Single();
        (request.Rule, request.Name, request.ExpiresIn, request.Approvers).ShouldBe(("large", "get", 600, 1));
        request
            .Arguments.Select(a => (a.At, a.Shape, a.Value))
            .ShouldBe([
                ("answer", $"bytes:{Crossed.Length}", null),
                ("answer:/orders/*/total", "array:2", "[20000,5]"),
                ("answer:/orders", "array:2", null),
            ]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"other-7\"")]
    public async Task Repetition_ThatIsApproved_GetsExactlyTheHeldBytes_WithoutACallOfTheServer(string id)
    {
        await using var scene = await StartAsync();
        await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Approved;

        var (answer, body) = await scene.Tunnel.PostAsync(Call("get", id));

        body.ShouldBe($$"""{"jsonrpc":"2.0","id":{{id}}{{Crossed}}""");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        calls.ShouldBe(1);
        scene.Requests.Select(r => r.Binding).Distinct().ShouldHaveSingleItem();
        var record = (await RecordsAsync(scene, 2))[1];
        (record.Decision, record.Approval, record.End).ShouldBe(("allow", "appr_1", "completed"));
        Convert
            .ToHexStringLower(record.Answer.ShouldNotBeNull().Digest.Span)
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))));
    }

    [Fact]
    public async Task Repetition_WhileItIsPending_GetsTheSameTicket()
    {
        await using var scene = await StartAsync();
        await scene.Tunnel.PostAsync(Call("get"));

        var (_, body) = await scene.Tunnel.PostAsync(Call("get", "2"));

        body.ShouldContain("\"ticket\":\"appr_1\"");
        body.ShouldNotContain(Canary);
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task Finding_IsDeliveredOnce()
    {
        await using var scene = await StartAsync();
        await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Approved;
        await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Pending;

        var (_, body) = await scene.Tunnel.PostAsync(Call("get"));

        body.ShouldNotContain(Canary);
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Finding_ThatIsRejected_IsDropped()
    {
        await using var scene = await StartAsync();
        await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Rejected;

        var (answer, body) = await scene.Tunnel.PostAsync(Call("get"));
        await scene.Tunnel.PostAsync(Call("get"));

        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_rejected"]);
        body.ShouldNotContain(Canary);
        calls.ShouldBe(2);
    }

    [Theory]
    [InlineData("bob", null, "{}")]
    [InlineData(null, "other", "{}")]
    [InlineData(null, null, """{"a":1}""")]
    public async Task Finding_IsNotForAnotherCallerOrCall(string? subject, string? client, string arguments)
    {
        await using var scene = await StartAsync();
        await scene.Tunnel.PostAsync(Call("get"));

        await scene.Tunnel.PostAsync(Call("get", "1", arguments), subject: subject, clientId: client);

        calls.ShouldBe(2);
        scene.Requests.Select(r => r.Binding).Distinct().Count().ShouldBe(2);
    }

    // The same person and client, with a token for another customer.
    [Fact]
    public async Task Finding_IsNotForAnotherClaimThatItsRulesCompare()
    {
        const string Own =
            "{name: a, effect: allow, tools: [get], answer: {approve: {}, rows: [{at: /orders, where: {at: /c, equals_claim: customer_id}}]}}";
        var customer = "c-7";
        await using var scene = await ApprovalScene.StartAsync(
            Own,
            upstream: Upstream(Json(Judged.Answer("""{"orders":[{"c":"c-7"},{"c":"c-8"}]}"""))),
            claims: claims => claims["customer_id"] = customer
        );
        await scene.Tunnel.PostAsync(Call("get"));
        customer = "c-8";
        scene.State = CallApprovalAnswer.Approved;

        var (_, body) = await scene.Tunnel.PostAsync(Call("get"));

        body.ShouldContain("\"c-8\"");
        body.ShouldNotContain("\"c-7\"");
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Approval_OfOneFinding_IsForNoOther()
    {
        var total = 20000;
        await using var scene = await ApprovalScene.StartAsync(
            Rule,
            upstream: Upstream(() => Json(Judged.Answer($$$"""{"orders":[{"total":{{{total++}}}}]}""")))
        );
        await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Rejected;
        await scene.Tunnel.PostAsync(Call("get"));

        await scene.Tunnel.PostAsync(Call("get"));

        scene.Requests.Select(r => r.Binding).Distinct().Count().ShouldBe(2);
    }

    // As after a restart: the finding is not held, and its approval exists.
    [Fact]
    public async Task Finding_ThatIsApprovedAlready_CrossesAtOnce()
    {
        await using var scene = await StartAsync();
        scene.State = CallApprovalAnswer.Approved;

        var (_, body) = await scene.Tunnel.PostAsync(Call("get"));

        body.ShouldBe($$"""{"jsonrpc":"2.0","id":1{{Crossed}}""");
    }

    [Theory]
    [InlineData("10000", false)]
    [InlineData("1e4", false)]
    [InlineData("null", false)]
    [InlineData("10000.0000000000000000000001", true)]
    [InlineData("1e5", true)]
    [InlineData("1e9999999999", true)]
    [InlineData("\"1\"", true)] // a text cannot be compared with a number
    [InlineData("{\"of\":1}", true)]
    [InlineData("1,\"Total\":1", true)] // another reader may find this one
    public void Condition_IsExact_AndWaitsForWhatCannotBeCompared(string total, bool waits) =>
        Waits("when: {at: /orders/*/total, above: 10000}", $$$"""{"orders":[{"total":1},{"total":{{{total}}}}]}""")
            .ShouldBe(waits);

    [Theory]
    [InlineData("", "{}", true)]
    [InlineData("when: {at: /a, const: 1}", "{}", false)]
    [InlineData("when: {at: /a/b, const: 1}", """{"a":[{"b":1}]}""", true)]
    [InlineData("when: {all: [{at: /a, const: 1}, {at: /b, const: 1}]}", """{"a":1,"b":2}""", false)]
    [InlineData("when: {any: [{at: /a, const: 1}, {at: /b, const: 1}]}", """{"a":1,"b":2}""", true)]
    [InlineData("when: {at: /*/n, type: number}", """{"a":{"n":"x"},"b":{"n":1}}""", true)]
    [InlineData("when: {at: /*/n, type: number}", """{"a":{"n":"x"}}""", false)]
    [InlineData("when: {at: /a, equals_claim: region}", """{"a":"x"}""", true)] // the token has no such claim
    public void Condition_IsOfTheFinding(string when, string structured, bool waits) =>
        Waits(when, structured).ShouldBe(waits);

    [Theory]
    [InlineData("text: pass, approve: {}", """ "result":{"content":[{"type":"text","text":"a"}]} """)]
    [InlineData("errors: pass, approve: {when: {at: /a, const: 1}}", """ "result":{"content":[],"isError":true} """)]
    [InlineData("errors: pass, approve: {when: {at: /a, const: 1}}", """ "error":{"code":1,"message":"a"} """)]
    public void Finding_WithoutAStructuredPart_Waits(string answer, string body) =>
        Judged.Read(answer, $$"""{"jsonrpc":"2.0","id":1,{{body}}}""").Output.ShouldBeEmpty();

    [Fact]
    public void Answer_ThatIsWithheld_SaysSoAtOnce() =>
        Judged.Read("unfit: drop, approve: {}", "no JSON").Output.ShouldContain("was withheld");

    [Fact]
    public void Resource_WaitsByItsOwnFinding()
    {
        Read(1).Output.ShouldNotBeEmpty();
        Read(2).Output.ShouldBeEmpty();

        static Judged Read(int n) =>
            Judged.Read(
                "approve: {when: {at: /n, const: 2}}",
                $$$"""{"jsonrpc":"2.0","id":1,"result":{"contents":[{"uri":"db://a","mimeType":"application/json","text":"{\"n\":{{{n}}}}"}]}}""",
                names: "resources: [\"db://*\"]",
                method: "resources/read",
                name: "db://a"
            );
    }

    [Fact]
    public async Task SeveralRules_TheFirstDecides_WithTheLargestNumberOfApprovers()
    {
        const string Other =
            "{name: other, effect: allow, tools: [get], answer: {approve: {approvers: 2, expires: 1h}}}";
        await using var scene = await StartAsync($"{Rule}, {Other}");

        await scene.Tunnel.PostAsync(Call("get"));

        var request = scene.Requests.Single();
        (request.Rule, request.Approvers, request.ExpiresIn).ShouldBe(("large", 2, 600));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public async Task EventStream_EndsWithTheTicket_AndNothingCrossesBefore(int httpVersion, bool staysOpen)
    {
        var events =
            $"data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{{\"message\":\"{Canary}\"}}}}\n\n"
            + $"id: {Canary}\ndata: {Judged.Answer(Orders)}\n\n";
        await using var scene = await ApprovalScene.StartAsync(
            Rule,
            upstream: staysOpen
                ? RawUpstream.Scripted(
                    async (_, stream, cancel) =>
                    {
                        calls++;
                        await stream.WriteAsync(
                            Encoding.UTF8.GetBytes(
                                $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n{events}"
                            ),
                            cancel
                        );
                        await Never.RespondAsync(cancel);
                        return false;
                    }
                )
                : Upstream(Events(events))
        );

        var (answer, body) = await scene.Tunnel.PostAsync(Call("get"), httpVersion);
        scene.State = CallApprovalAnswer.Approved;
        var (_, delivered) = await scene.Tunnel.PostAsync(Call("get", "8"), httpVersion);

        $"{answer}{body}".ShouldNotContain(Canary);
        body.ShouldContain("\"ticket\":\"appr_1\"");
        delivered.ShouldBe($$"""{"jsonrpc":"2.0","id":8{{Crossed}}""");
        calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientThatOpensPages_GetsThePage_AndItsAnswerApprovesNothing(bool isStream)
    {
        const string Answer = Orders;
        const string Paged = "{name: a, effect: allow, tools: [get], answer: {approve: {page: \"https://id.test/\"}}}";
        await using var scene = await ApprovalScene.StartAsync(
            Paged,
            upstream: Upstream(isStream ? Events($"data: {Judged.Answer(Answer)}\n\n") : Json(Judged.Answer(Answer)))
        );

        var (_, page) = await PostAsync("");
        var (_, pending) = await PostAsync(",\"inputResponses\":{\"culvert.approval\":{\"action\":\"accept\"}}");
        scene.State = CallApprovalAnswer.Approved;
        var (_, declined) = await PostAsync(",\"inputResponses\":{\"culvert.approval\":{\"action\":\"decline\"}}");
        var (_, body) = await PostAsync(",\"inputResponses\":{\"culvert.approval\":{\"action\":\"accept\"}}");

        page.ShouldContain("\"url\":\"https://id.test/\"");
        pending.ShouldContain("\"ticket\":\"appr_1\"");
        $"{page}{pending}{declined}".ShouldNotContain(Canary);
        body.ShouldContain(Canary);
        calls.ShouldBe(1);

        Task<(HttpResponseMessage, string)> PostAsync(string more) =>
            scene.Tunnel.PostAsync(
                """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{"url":{}}}}"""
                    + more
                    + "}}",
                change: Modern("tools/call", "get")
            );
    }

    [Fact]
    public async Task Service_ThatIsAway_WithholdsTheFinding_AndTheServerIsNotCalledAgain()
    {
        await using var scene = await StartAsync();
        scene.State = "";
        var (answer, body) = await scene.Tunnel.PostAsync(Call("get"));
        scene.State = CallApprovalAnswer.Approved;

        var (_, delivered) = await scene.Tunnel.PostAsync(Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_unavailable"]);
        body.ShouldContain("The answer was withheld");
        body.ShouldNotContain(Canary);
        delivered.ShouldEndWith(Crossed);
        calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 2)]
    public async Task Finding_IsHeldUntilItExpires(int seconds, int made)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var scene = await ApprovalScene.StartAsync(
            Rule,
            upstream: Upstream(Json(Judged.Answer(Orders))),
            tunnelTime: time
        );
        await scene.Tunnel.PostAsync(Call("get"));
        time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(seconds));

        await scene.Tunnel.PostAsync(Call("get"));

        calls.ShouldBe(made);
    }

    [Fact]
    public async Task Finding_AboveMaxBytes_IsNotHeld()
    {
        await using var scene = await StartAsync(
            "{name: a, effect: allow, tools: [get], answer: {approve: {}, max_bytes: 1KiB}}",
            Judged.Answer($$"""{"a":"{{new string('x', 700)}}"}""")
        );

        var (answer, _) = await scene.Tunnel.PostAsync(Call("get"));

        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_not_held"]);
        scene.Requests.ShouldBeEmpty();
    }

    // The server was called once: the second call of this amount would exceed the budget.
    [Fact]
    public async Task Budget_IsChargedOnce()
    {
        using var budgets = new BudgetScene();
        await using var scene = await ApprovalScene.StartAsync(
            "{name: a, effect: allow, tools: [get], budget: {of: /n, limit: 10, per: 1h}, answer: {approve: {}}}",
            upstream: Upstream(Json(Judged.Answer(Orders))),
            budgets: budgets.Ledger
        );
        await scene.Tunnel.PostAsync(Call("get", "1", """{"n":10}"""));
        scene.State = CallApprovalAnswer.Approved;

        var (_, body) = await scene.Tunnel.PostAsync(Call("get", "1", """{"n":10}"""));
        var (answer, _) = await scene.Tunnel.PostAsync(Call("get", "1", """{"n":10}"""));

        body.ShouldContain(Canary);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.budget_exceeded"]);
    }

    [Fact]
    public async Task Observed_PassesAndAsksNobody()
    {
        await using var scene = await ApprovalScene.StartAsync(
            Rule,
            "observe",
            upstream: Upstream(Json(Judged.Answer(Orders)))
        );

        var (_, body) = await scene.Tunnel.PostAsync(Call("get"));

        body.ShouldBe(Judged.Answer(Orders));
        scene.Requests.ShouldBeEmpty();
        var record = await scene.RecordAsync();
        (record.Decision, record.Reason).ShouldBe(("would_refuse", "policy.approval_required"));
    }

    [Theory]
    [InlineData("approve: {when: {at: /a}}", "Nothing is compared.")]
    [InlineData("approve: {when: {at: /a/0, const: 1}}", "An element of an array has no name")]
    [InlineData(
        "mask: [{at: /a/*/iban, as: iban}], approve: {when: {at: /a/*/iban, prefix: DE}}",
        "/a/*/iban is masked before it is compared"
    )]
    [InlineData("approve: {show: [a]}", "show: This is not the JSON pointer")]
    [InlineData("approve: {show: [/a/0]}", "show: /a/0 does not cross")]
    [InlineData("approve: {expires: 25h}", "expires")]
    [InlineData("approve: {approvers: 3}", "approvers")]
    [InlineData("approve: {page: \"http://a.test\"}", "page")]
    [InlineData("fields: [/a], approve: {when: {at: /b, const: 1}}", "when: /b does not cross")]
    [InlineData("fields: [/a/b], approve: {show: [/a/c]}", "show: /a/c does not cross")]
    [InlineData("text: pass, approve: {when: {at: /a, const: 1}}", "when: The server's texts cross")]
    [InlineData("text: mask, mask: [{detect: [iban]}], approve: {show: [/a]}", "show: The server's texts cross")]
    [InlineData("notifications: pass, approve: {}", "What the server sends during the call")]
    public void Rule_ThatCouldNotHold_IsAnError(string answer, string problem) =>
        Errors(answer).ShouldContain(e => e.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void Rule_ShowsAtMost16Values()
    {
        Errors($"approve: {{show: [{Pointers(16)}]}}").ShouldBeEmpty();
        Errors($"approve: {{show: [{Pointers(17)}]}}").ShouldHaveSingleItem().ShouldContain("more than 16 pointers");

        static string Pointers(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"/a{i}"));
    }

    [Theory]
    [InlineData("fields: [/a], approve: {when: {at: /a/b, const: 1}}")]
    [InlineData("fields: [/a/*/b], approve: {when: {at: /a/*/b, const: 1}, show: [/a, /a/*]}")]
    [InlineData("fields: [/*/b], approve: {when: {at: /a/b, const: 1}}")]
    public void Rule_WhoseValuesCross_IsValid(string answer) => Errors(answer).ShouldBeEmpty();

    [Fact]
    public void Version_DependsOnTheApproval()
    {
        string[] answers =
        [
            "fields: [/a]",
            "fields: [/a], approve: {}",
            "fields: [/a], approve: {approvers: 2}",
            "fields: [/a], approve: {show: [/a]}",
            "fields: [/a], approve: {when: {at: /a, const: 1}}",
        ];

        answers
            .Select(answer =>
                PolicyFile.Settings($"{{name: a, effect: allow, tools: [x], answer: {{{answer}}}}}").Version
            )
            .Distinct()
            .Count()
            .ShouldBe(answers.Length);
    }

    private static bool Waits(string when, string structured) =>
        Judged.Read($"approve: {{{when}}}", Judged.Answer(structured)).Output.Length == 0;

    private static IEnumerable<string> Errors(string answer) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [x], answer: {{{answer}}}}}]}}")
            .Errors.Select(e => e.ToString());

    private static async Task<IReadOnlyList<CallRecord>> RecordsAsync(ApprovalScene scene, int count)
    {
        await Eventually.UntilAsync(
            () => scene.Trail.Places == 0 && scene.Trail.Records.Count >= count,
            TestContext.Current.CancellationToken
        );
        return [.. scene.Trail.Records.OfType<CallRecord>().OrderBy(record => record.Time)];
    }

    private Task<ApprovalScene> StartAsync(string rules = Rule, string? body = null, string headers = "") =>
        ApprovalScene.StartAsync(rules, upstream: Upstream(Json(body ?? Judged.Answer(Orders), headers)));

    private RawUpstream Upstream(string response) => Upstream(() => response);

    private RawUpstream Upstream(Func<string> respond) =>
        RawUpstream.Scripted(
            async (_, stream, cancel) =>
            {
                calls++;
                await stream.WriteAsync(Encoding.UTF8.GetBytes(respond()), cancel);
                return true;
            }
        );
}
