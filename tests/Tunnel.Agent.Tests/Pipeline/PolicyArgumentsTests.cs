using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Audit;
using Culvert.Tunnel.Agent.Tests.Policy;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>Constraints on arguments, through inner TLS and real sockets.</summary>
public sealed class PolicyArgumentsTests : IDisposable
{
    private const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
    private const string Secret = "secret-4c1d-7";

    private readonly AuditScene scene = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Denied_NamesThePointerAndNothingElse(bool isModern)
    {
        await using var fixture = await StartAsync(
            PolicyFile.WithArguments($"{{at: /to, enum: [{Secret}]}}"),
            Json(Ok),
            scene.Trail
        );
        var arguments = """{"to":"canary-of-the-call"}""";
        var body = isModern
            ? $$$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get","arguments":{{{arguments}}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{} } } }"""
            : Call("get", "7", arguments);

        var (answer, text) = await fixture.PostAsync(body, change: isModern ? Modern("tools/call", "get") : null);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var document = JsonDocument.Parse(text);
        var error = document.RootElement.GetProperty("error");
        document.RootElement.GetProperty("id").GetInt32().ShouldBe(7);
        error.GetProperty("code").GetInt32().ShouldBe(-32602);
        error.GetProperty("message").GetString().ShouldBe("The argument /to is not allowed.");
        error.GetProperty("data").GetProperty("error_code").GetString().ShouldBe("policy.arguments");
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.arguments"]);
        text.ShouldNotContain(Secret);
        fixture.Upstream.Connections.ShouldBe(0);
        var record = await NextAsync();
        Text(record, "decision").ShouldBe("deny");
        Text(record, "reason").ShouldBe("policy.arguments");
        Text(record, "rule").ShouldBe("a");
        Text(record, "argument").ShouldBe("/to");
        Text(record, "condition").ShouldBe("enum");
        Text(record, "end").ShouldBe("refused");
        scene.Text.ShouldNotContain("canary-of-the-call");
    }

    [Fact]
    public async Task Allowed_PassesByteForByte()
    {
        await using var fixture = await StartAsync(
            PolicyFile.WithArguments("{at: /a, const: 1}", ", closed: true"),
            Json(Ok)
        );
        var call = " " + Call("get", "1", """{ "\u0061" : 10e-1 }""");

        var (answer, _) = await fixture.PostAsync(call);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        System.Text.Encoding.UTF8.GetString((await fixture.Upstream.NextAsync()).Body).ShouldBe(call);
    }

    [Theory]
    [InlineData("\"customer-4711-7\"", "customer-4711-7", true)]
    [InlineData("\"customer-4711-7\"", "\\u0063ustomer-4711-7", true)]
    [InlineData("\"customer-4711-7\"", "canary-of-the-call", false)]
    [InlineData("[\"customer-4711-7\"]", "customer-4711-7", false)]
    [InlineData("null", "customer-4711-7", false)]
    [InlineData("null", "", false)]
    public async Task EqualsClaim_LetsACallerReadTheOwnCustomerOnly(string claim, string customer, bool isAllowed)
    {
        await using var fixture = await StartAsync(
            PolicyFile.WithArguments("{at: /customer_id, equals_claim: customer_id}"),
            Json(Ok),
            scene.Trail,
            claims => claims["customer_id"] = JsonNode.Parse(claim)
        );

        var (answer, text) = await fixture.PostAsync(Call("get", "7", $$"""{"customer_id":"{{customer}}"}"""));

        var record = await NextAsync();
        Text(record, "rule").ShouldBe("a");
        scene.Text.ShouldNotContain("customer-4711-7");
        if (isAllowed)
        {
            text.ShouldBe(Ok);
            Text(record, "decision").ShouldBe("allow");
            return;
        }

        using var document = JsonDocument.Parse(text);
        var error = document.RootElement.GetProperty("error");
        error.GetProperty("message").GetString().ShouldBe("The argument /customer_id is not allowed.");
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.arguments"]);
        fixture.Upstream.Connections.ShouldBe(0);
        Text(record, "decision").ShouldBe("deny");
        Text(record, "argument").ShouldBe("/customer_id");
        Text(record, "condition").ShouldBe("equals_claim");
        scene.Text.ShouldNotContain("canary-of-the-call");
    }

    [Fact]
    public async Task Prompt_IsJudgedByItsArgumentsAsWell()
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings("{name: p, effect: allow, prompts: [ask], arguments: [{at: /q, max_length: 3}]}"),
            Json(Ok)
        );
        const string Request =
            """{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"ask","arguments":{"q":"long"}}}""";

        var (_, denied) = await fixture.PostAsync(Request);
        var (_, allowed) = await fixture.PostAsync(Request.Replace("long", "abc", StringComparison.Ordinal));

        denied.ShouldContain("The argument /q is not allowed.");
        allowed.ShouldBe(Ok);
    }

    [Fact]
    public async Task Observed_PassesAndIsRecorded()
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(
                "{name: a, effect: allow, tools: [get], arguments: [{at: /a, const: 1}]}",
                mode: "observe"
            ),
            Json(Ok),
            scene.Trail
        );

        var (_, body) = await fixture.PostAsync(Call("get", "1", """{"a":2}"""));

        body.ShouldBe(Ok);
        var record = await NextAsync();
        Text(record, "decision").ShouldBe("would_deny");
        Text(record, "reason").ShouldBe("policy.arguments");
        Text(record, "argument").ShouldBe("/a");
    }

    [Fact]
    public async Task Notification_IsDeniedWithoutAnAnswer()
    {
        await using var fixture = await StartAsync(PolicyFile.WithArguments("{at: /a, const: 1}"), Json(Ok));

        var (answer, body) = await fixture.PostAsync(
            """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"get"}}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        body.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("enforce", "get", "allow", 0)]
    [InlineData("enforce", "other", "deny", 0)]
    [InlineData("observe", "get", "allow", 3000)]
    [InlineData("record", "get", "allow", 0)]
    public async Task Masked_LeavesNothingOfTheValueInTheRecord(string mode, string tool, string decision, int padding)
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(
                "{name: a, effect: allow, tools: [get], mask: [/pin, /deep/pin]}, "
                    + "{name: b, effect: deny, tools: [other], mask: [/pin, /deep/pin]}",
                mode
            ),
            Json(Ok),
            scene.Trail
        );
        var pad = new string('x', padding);

        await fixture.PostAsync(Call(tool, "1", $$$"""{"pin":"1234","q":"{{{pad}}}","deep":{"pin":[1,2],"x":1}}"""));

        var record = await NextAsync();
        Text(record, "decision").ShouldBe(decision);
        record
            .GetProperty("arguments")
            .GetRawText()
            .ShouldBe($$"""{"pin":"masked","q":"string:{{padding}}","deep":"object:2"}""");
        Text(record, "arguments_hash")
            .ShouldBe(scene.HashOf($$$"""{"pin":null,"q":"{{{pad}}}","deep":{"pin":null,"x":1}}"""));
    }

    [Fact]
    public async Task Masked_UnderANameThatCouldBeTakenForIt_LeavesNothingOfTheValueInTheRecord()
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings("{name: a, effect: allow, tools: [get], mask: [/pin, /deep/pin]}"),
            Json(Ok),
            scene.Trail
        );

        var (answer, _) = await fixture.PostAsync(Call("get", "1", """{"Pin":"1234","deep":{"p\u0000in":[1,2]}}"""));

        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.arguments"]);
        var record = await NextAsync();
        Text(record, "condition").ShouldBe("lookalike");
        record.GetProperty("arguments").GetRawText().ShouldBe("""{"Pin":"masked","deep":"object:1"}""");
        Text(record, "arguments_hash").ShouldBe(scene.HashOf("""{"Pin":null,"deep":{"p\u0000in":null}}"""));
    }

    [Theory]
    [InlineData("a=1", "", 400)]
    [InlineData("a", "", 400)]
    [InlineData("a=1", ", query: [b]", 400)]
    [InlineData("A=1", ", query: [a]", 400)]
    [InlineData("%61=1", ", query: [a]", 400)]
    [InlineData("a=1&a=2", ", query: [a]", 400)]
    [InlineData("a=1;b=2", ", query: [a]", 400)]
    [InlineData("a=1&", ", query: [a]", 400)]
    [InlineData("a=1&b=2", ", query: [a, b]", 200)]
    [InlineData("a", ", query: [a]", 200)]
    [InlineData("", "", 200)]
    public async Task Query_ThatTheRouteDoesNotList_IsRefused(string query, string listed, int status)
    {
        var read = PolicyFile.Read($"{{mode: enforce{listed}, rules: [{{name: a, effect: allow, tools: [get]}}]}}");
        await using var fixture = await StartAsync(read.Settings!, Json(Ok));

        var (answer, _) = await fixture.PostAsync(Call("get"), path: $"/mcp?{query}");
        var (stream, _) = await fixture.PostAsync("", path: $"/mcp?{query}", method: HttpMethod.Get);

        ((int)answer.StatusCode).ShouldBe(status);
        stream.StatusCode.ShouldBe(answer.StatusCode);
        if (status == 400)
        {
            answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.query_refused"]);
            fixture.Upstream.Connections.ShouldBe(0);
        }
        else
        {
            (await fixture.Upstream.NextAsync()).RequestLine.ShouldBe($"POST /mcp?{query} HTTP/1.1");
        }
    }

    [Theory]
    [InlineData("arguments: [{at: /a, const: 1}]", 400)]
    [InlineData("budget: {of: /a, per: 1h, limit: 9}", 400)]
    [InlineData("require_approval: {}", 400)]
    [InlineData("rate: 9/1m", 200)]
    public async Task ParameterHeader_ThatNothingDeclares_IsRefusedWhereArgumentsAreJudged(string key, int status)
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings($"{{name: a, effect: allow, tools: [get], {key}}}"),
            Json(Ok)
        );

        var (answer, _) = await fixture.PostAsync(
            Call("get", "1", """{"a":1}"""),
            change: r => r.Headers.TryAddWithoutValidation("mcp-param-A", "1")
        );

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 400)
        {
            answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.headers_mismatch"]);
        }
    }

    public void Dispose() => scene.Dispose();

    private static string Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private async Task<JsonElement> NextAsync()
    {
        await Eventually.UntilAsync(
            () =>
            {
                scene.Trail.WriteQueued().ShouldBeTrue();
                return scene.Lines.Length > 0;
            },
            TestContext.Current.CancellationToken
        );
        return JsonDocument.Parse(scene.Lines[^1]).RootElement;
    }
}
