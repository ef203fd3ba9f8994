using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Testing;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;
using static Culvert.Tunnel.Agent.Tests.Upstreams.Compose.JoinServer;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

/// <summary>Composed tools through inner TLS, with servers on real sockets behind them.</summary>
public sealed class ComposeUpstreamTests
{
    private const string Canary = "CANARY-31415";

    private const string Customers =
        """{"customers":[{"id":"c-7","tier":"gold","note":"CANARY-31415"},{"id":"c-8","tier":"CANARY-31415"}]}""";

    private const string Orders =
        """{"orders":[{"id":1,"customer_id":"c-7","total":10},{"id":2,"customer_id":"c-8","total":31415},{"id":3,"customer_id":"c-7","total":30}]}""";

    private const string Member =
        "oauth: {mode: required, issuers: [corp]}, expose: false, policy: {mode: enforce, rules: [RULES]}";

    private const string OwnRows =
        """{name: own, effect: allow, via: [revenue], tools: ["*"], answer: {rows: [{at: ROWS, where: {at: KEY, equals_claim: customer_id}}]}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    public async Task Finding_IsWhatTheStatementSelectsOfWhatTheMembersLetThrough(
        bool isModern,
        bool hasSessions,
        bool sendsEvents
    )
    {
        await using var crm = Crm(isModern, hasSessions, sendsEvents);
        await using var orders = Shop(isModern, hasSessions, sendsEvents);
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        var first = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));
        var second = await fixture.PostAsync(Call("late_orders", id: "2"), Customer("c-7"));

        const string Finding = """{"rows":[{"id":1,"total":10,"tier":"gold"},{"id":3,"total":30,"tier":"gold"}]}""";
        foreach (var answer in new[] { first, second })
        {
            answer.GetProperty("result").GetProperty("structuredContent").GetRawText().ShouldBe(Finding);
            answer.GetRawText().ShouldNotContain(Canary);
        }

        orders.Calls.ShouldBe(["search {\"customer\":\"c-7\"}", "search {\"customer\":\"c-7\"}"]);
        crm.Messages.Count(m => m == (isModern ? "server/discover" : "initialize")).ShouldBe(1);
    }

    /// <summary>A finding has many quotes: as \u0022 they would be most of its text.</summary>
    [Fact]
    public async Task TextOfAFinding_HasTheShortestEscapes()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        const string Text = """
            "{\"rows\":[{\"id\":1,\"total\":10,\"tier\":\"gold\"},{\"id\":3,\"total\":30,\"tier\":\"gold\"}]}"
            """;
        answer.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetRawText().ShouldBe(Text);
    }

    [Fact]
    public async Task CallerWithoutTheClaim_GetsNothingOfAnybody()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        var answer = await fixture.PostAsync(Call("late_orders"));

        answer.GetProperty("result").GetProperty("structuredContent").GetRawText().ShouldBe("""{"rows":[]}""");
        orders.Calls.ShouldBeEmpty(); // for each row of customers, and there is none
    }

    [Fact]
    public async Task Records_OfTheMembers_HaveTheIdOfTheComposedCall()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        await Eventually.UntilAsync(() => fixture.Calls.Count == 3, Token);
        var composed = fixture.Calls.Single(r => r.Route == "revenue");
        var compose = composed.Compose.ShouldNotBeNull();
        compose.Id.ShouldNotBeEmpty();
        (compose.Route, compose.Calls).ShouldBe(("", 2));
        foreach (var (route, step) in new[] { ("crm", "customer"), ("orders", "orders") })
        {
            var record = fixture.Calls.Single(r => r.Route == route);
            record.Compose.ShouldBe(compose with { Route = "revenue", Tool = "late_orders", Step = step, Calls = 0 });
            (record.Subject, record.Rule, record.Decision).ShouldBe(("alice", "own", "allow"));
            record.Answer.ShouldNotBeNull().RowsRemoved.ShouldBe(1);
        }
    }

    [Fact]
    public async Task MemberWithoutHostname_CannotBeCalledOtherwise()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        fixture.Tunnel.Map.Current.Find($"crm.{Support.Tunnel.Domain}").ShouldBeNull();
        var answer = await fixture.PostAsync(Call("find_customer"), Customer("c-7"), route: "crm");

        answer
            .GetProperty("error")
            .GetProperty("details")
            .GetProperty("error_code")
            .GetString()
            .ShouldBe("agent.route_unknown");
        crm.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task RuleVia_IsForComposedCallsAlone()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        var routes = Routes(crm, orders).Replace("expose: false", "expose: true", StringComparison.Ordinal);
        await using var fixture = await ComposeFixture.StartAsync(routes);

        var answer = await fixture.PostAsync(Call("find_customer"), Customer("c-7"), route: "crm");

        answer.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32602);
        crm.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "compose.step_failed", "rpc_error")] // a denial has no code
    [InlineData(
        "{name: a, effect: allow, via: [revenue], tools: [find_customer], arguments: [{at: /id, const: 1}]}",
        "compose.step_failed",
        "policy.arguments"
    )]
    [InlineData(
        "{name: a, effect: allow, via: [revenue], tools: [find_customer], answer: {fields: [/x]}}",
        "compose.step_failed",
        "the answer has no array at \"/customers\""
    )]
    [InlineData(
        "{name: a, effect: allow, via: [revenue], tools: [find_customer], groups: [staff]}",
        "compose.step_failed",
        "rpc_error"
    )]
    [InlineData(
        "{name: a, effect: allow, via: [revenue], tools: [find_customer], require_scope: [crm]}",
        "compose.step_failed",
        "agent.scope_insufficient"
    )]
    public async Task MemberThatRefuses_FailsTheCall_WithItsCode(string rules, string code, string detail)
    {
        await using var crm = Crm();
        await using var orders = Shop();
        var routes = Routes(crm, orders, crmRules: rules);
        await using var fixture = await ComposeFixture.StartAsync(routes);

        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        var data = answer.GetProperty("error").GetProperty("data");
        (data.GetProperty("error_code").GetString(), data.GetProperty("detail").GetString()).ShouldBe((code, detail));
        data.GetProperty("step").GetString().ShouldBe("customer");
        answer.GetRawText().ShouldNotContain(Canary);
        orders.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""error{"code":-32000,"message":"CANARY-31415","data":"CANARY-31415"}""", "rpc_error")]
    [InlineData("""{"isError":true,"content":[{"type":"text","text":"CANARY-31415"}]}""", "tool_error")]
    [InlineData(
        """{"resultType":"other","structuredContent":{"customers":[{"id":"CANARY-31415"}]}}""",
        "answer_incomplete"
    )]
    [InlineData("""{"content":[{"type":"text","text":"CANARY-31415"}]}""", "the answer has no structured part")]
    [InlineData(
        """{"structuredContent":{"customers":[{"id":["CANARY-31415"]}]}}""",
        "a value for the column id is not text, a number of 64 bits, a boolean or null"
    )]
    public async Task ServerThatFails_FailsTheCall_AndSaysNothingOfItself(string result, string detail)
    {
        await using var crm = Crm();
        await using var orders = Shop();
        crm.Tools["find_customer"] = _ => result;
        await using var fixture = await ComposeFixture.StartAsync(
            Routes(crm, orders, crmRules: "{name: a, effect: allow, tools: [find_customer]}")
        );

        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        answer.GetProperty("error").GetProperty("data").GetProperty("detail").GetString().ShouldBe(detail);
        answer.GetRawText().ShouldNotContain(Canary);
    }

    [Fact]
    public async Task DeadServer_FailsTheCall_OrIsReported()
    {
        await using var orders = Shop();
        string routes;
        await using (var crm = Crm())
        {
            routes = Routes(crm, orders);
        }

        await using var fixture = await ComposeFixture.StartAsync(routes);
        await using var lenient = await ComposeFixture.StartAsync(
            routes.Replace(
                "call: crm/find_customer,",
                "call: crm/find_customer, on_failure: empty,",
                StringComparison.Ordinal
            )
        );

        var failed = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));
        var answer = await lenient.PostAsync(Call("late_orders"), Customer("c-7"));

        failed
            .GetProperty("error")
            .GetProperty("data")
            .GetProperty("detail")
            .GetString()
            .ShouldBe("upstream.connect_failed");
        answer
            .GetProperty("result")
            .GetProperty("structuredContent")
            .GetRawText()
            .ShouldBe("""{"rows":[],"incomplete":["customer"]}""");
    }

    [Fact]
    public async Task SessionThatTheServerForgot_IsOpenedAgain()
    {
        await using var crm = Crm(isModern: false, hasSessions: true);
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));
        await fixture.PostAsync(Call("late_orders"), Customer("c-7"));
        crm.FirstSession = 2;

        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        answer.GetProperty("result").GetProperty("structuredContent").GetProperty("rows").GetArrayLength().ShouldBe(2);
        crm.Messages.Count(m => m == "initialize").ShouldBe(2);
    }

    [Fact]
    public async Task CallerWhoLeaves_CancelsTheCallsOfMembers()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        orders.Tools["search"] = _ => "";
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));
        using var leaving = new CancellationTokenSource();

        var call = fixture.PostAsync(Call("late_orders"), Customer("c-7"), cancellationToken: leaving.Token);
        await Eventually.UntilAsync(() => orders.Calls.Any(), Token);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        await Eventually.UntilAsync(() => fixture.Calls.Count == 3, Token);
        fixture.Calls.Single(r => r.Route == "orders").End.ShouldBe("client_gone");
        fixture.Calls.Single(r => r.Route == "revenue").End.ShouldBe("client_gone");
    }

    [Theory]
    [InlineData("""{"customer":"'; DROP TABLE customer; --"}""", null)]
    [InlineData("""{"customer":"a\u0000b"}""", null)]
    [InlineData("""{"customer":7}""", "compose.arguments")]
    [InlineData("""{"customer":"c-7","CUSTOMER":"c-8"}""", "compose.arguments")]
    [InlineData("""{"other":1}""", "compose.arguments")]
    public async Task Arguments_AreParametersOrRefused(string arguments, string? code)
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        var answer = await fixture.PostAsync(Call("find", arguments: arguments), Customer("c-7"));

        if (code is null)
        {
            var rows = answer.GetProperty("result").GetProperty("structuredContent").GetProperty("rows");
            rows.GetArrayLength().ShouldBe(0);
        }
        else
        {
            answer.GetProperty("error").GetProperty("data").GetProperty("error_code").GetString().ShouldBe(code);
            crm.Messages.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task LongArguments_AreRefused()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));
        var arguments = $$"""{"customer":"{{new string('c', 1 << 20)}}"}""";

        var answer = await fixture.PostAsync(Call("find", arguments: arguments), Customer("c-7"));

        answer
            .GetProperty("error")
            .GetProperty("details")
            .GetProperty("error_code")
            .GetString()
            .ShouldBe("agent.request_too_large");
        crm.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task LimitOfAMember_CountsComposedCalls()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(
            Routes(crm, orders, crmRules: "{name: a, effect: allow, tools: [find_customer], rate: 1/1h}")
        );

        await fixture.PostAsync(Call("late_orders"), Customer("c-7"));
        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        answer
            .GetProperty("error")
            .GetProperty("data")
            .GetProperty("detail")
            .GetString()
            .ShouldBe("policy.rate_exceeded");
        crm.Calls.Count().ShouldBe(1);
    }

    [Fact]
    public async Task StepThatMayWrite_RunsLast_AndOnlyAfterARow()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        crm.Tools["get_budget"] = _ => Structured("""{"budgets":[{"id":"b-1","left":100}]}""");
        orders.Tools["create"] = a => Structured($$"""{"created":[{"number":"{{a.GetProperty("budget")}}-1"}]}""");
        await using var fixture = await ComposeFixture.StartAsync(
            Routes(
                crm,
                orders,
                crmRules: "{name: a, effect: allow, via: [revenue], tools: [get_budget]}",
                ordersRules: "{name: a, effect: allow, via: [revenue], tools: [create]}"
            )
        );

        var tooMuch = await fixture.PostAsync(Call("buy", arguments: """{"amount":101}"""), Customer("c-7"));
        orders.Calls.ShouldBeEmpty();
        var bought = await fixture.PostAsync(Call("buy", arguments: """{"amount":100}"""), Customer("c-7"));

        tooMuch.GetProperty("result").GetProperty("structuredContent").GetRawText().ShouldBe("""{"rows":[]}""");
        bought
            .GetProperty("result")
            .GetProperty("structuredContent")
            .GetRawText()
            .ShouldBe("""{"rows":[{"id":"b-1"}],"order":[{"number":"b-1-1"}]}""");
        orders.Calls.ShouldHaveSingleItem().ShouldBe("""create {"budget":"b-1","amount":100}""");
    }

    [Fact]
    public async Task StepThatMayWrite_IsCalledOnce_WhateverItsServerAnswers()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        crm.Tools["get_budget"] = _ => Structured("""{"budgets":[{"id":"b-1","left":100}]}""");
        orders.Tools["create"] = _ => Structured("""{"created":[]}""");
        await using var fixture = await ComposeFixture.StartAsync(
            Routes(
                crm,
                orders,
                crmRules: "{name: a, effect: allow, tools: [get_budget]}",
                ordersRules: "{name: a, effect: allow, tools: [create]}"
            )
        );
        await fixture.PostAsync(Call("buy", arguments: """{"amount":1}"""), Customer("c-7"));
        orders.Tools["create"] = _ => JoinServer.Refused;

        var answer = await fixture.PostAsync(Call("buy", arguments: """{"amount":2}"""), Customer("c-7"));

        answer.GetProperty("error").GetProperty("data").GetProperty("step").GetString().ShouldBe("order");
        orders.Calls.Count(c => c.Contains("\"amount\":2", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task StepOfUnknownEffect_IsNotARead()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        var routes = Routes(crm, orders).Replace("reads_only: true", "reads_only: false", StringComparison.Ordinal);
        await using var fixture = await ComposeFixture.StartAsync(routes);

        var answer = await fixture.PostAsync(Call("late_orders"), Customer("c-7"));

        answer
            .GetProperty("error")
            .GetProperty("data")
            .GetProperty("error_code")
            .GetString()
            .ShouldBe("compose.step_writes");
        crm.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_HasTheDefinitions()
    {
        await using var crm = Crm();
        await using var orders = Shop();
        await using var fixture = await ComposeFixture.StartAsync(Routes(crm, orders));

        var listed = await fixture.PostAsync(Request("tools/list"), Customer("c-7"));

        var tools = listed.GetProperty("result").GetProperty("tools").EnumerateArray().ToList();
        tools.Select(t => t.GetProperty("name").GetString()).ShouldBe(["late_orders", "find", "buy"]);
        tools[0].GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean().ShouldBeTrue();
        tools[2].TryGetProperty("annotations", out _).ShouldBeFalse();
    }

    private static JoinServer Crm(bool isModern = true, bool hasSessions = false, bool sendsEvents = false) =>
        Serving(
            new JoinServer
            {
                IsModern = isModern,
                HasSessions = hasSessions,
                SendsEvents = sendsEvents,
            },
            "find_customer",
            Structured(Customers)
        );

    private static JoinServer Shop(bool isModern = true, bool hasSessions = false, bool sendsEvents = false) =>
        Serving(
            new JoinServer
            {
                IsModern = isModern,
                HasSessions = hasSessions,
                SendsEvents = sendsEvents,
            },
            "search",
            Structured(Orders)
        );

    private static JoinServer Serving(JoinServer server, string tool, string result)
    {
        server.Tools[tool] = _ => result;
        return server;
    }

    private static Action<JsonObject> Customer(string id) => claims => claims["customer_id"] = id;

    private static string OwnRule(string rows, string key) =>
        OwnRows.Replace("ROWS", rows, StringComparison.Ordinal).Replace("KEY", key, StringComparison.Ordinal);

    private static string Routes(
        JoinServer crm,
        JoinServer orders,
        string? crmRules = null,
        string? ordersRules = null
    ) =>
        $$$$"""
              crm: {upstream: {url: "http://127.0.0.1:{{{{crm.Port}}}}", allowed_ranges: [127.0.0.0/8]}, {{{{Member.Replace(
                "RULES",
                crmRules ?? OwnRule("/customers", "/id"),
                StringComparison.Ordinal
            )}}}} }
              orders: {upstream: {url: "http://127.0.0.1:{{{{orders.Port}}}}", allowed_ranges: [127.0.0.0/8]}, {{{{Member.Replace(
                "RULES",
                ordersRules ?? OwnRule("/orders", "/customer_id"),
                StringComparison.Ordinal
            )}}}} }
              revenue:
                oauth: {mode: required, issuers: [corp]}
                upstream:
                  compose:
                    tools:
                      late_orders:
                        description: Orders of the caller's customer, with the customer's tier.
                        steps:
                          - {name: customer, call: crm/find_customer, reads_only: true, rows: {at: /customers, columns: {id: /id, tier: /tier}}}
                          - {name: orders, call: orders/search, reads_only: true, for_each: customer, with: {customer: {column: id}}, rows: {at: /orders, columns: {id: /id, total: /total, customer: /customer_id}}}
                        select: SELECT o.id, o.total, c.tier FROM orders o JOIN customer c ON c.id = o.customer ORDER BY o.id
                      find:
                        description: A customer by name.
                        input: {type: object, properties: {customer: {type: string}}, required: [customer], additionalProperties: false}
                        steps:
                          - {name: customer, call: crm/find_customer, reads_only: true, with: {name: {argument: /customer}}, rows: {at: /customers, columns: {id: /id}}}
                        select: SELECT id FROM customer WHERE id = :argument_customer
                      buy:
                        description: Orders if the budget allows it.
                        input: {type: object, properties: {amount: {type: integer}}, required: [amount], additionalProperties: false}
                        steps:
                          - {name: budget, call: crm/get_budget, reads_only: true, rows: {at: /budgets, columns: {id: /id, left: /left}}}
                          - {name: order, call: orders/create, with: {budget: {column: id}, amount: {argument: /amount}}, rows: {at: /created, columns: {number: /number}}}
                        select: SELECT id FROM budget WHERE "left" >= :argument_amount
                        require: rows
            """;
}
