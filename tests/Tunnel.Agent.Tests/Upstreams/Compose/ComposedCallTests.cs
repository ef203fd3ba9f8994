using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Upstreams.Compose;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

public sealed class ComposedCallTests
{
    private const string Customers = """
        {"customers": [{"id": 7, "tier": "gold", "secret": "canary-in-a-field"}, {"id": 8, "tier": null}]}
        """;

    private readonly Members members = new()
    {
        ["crm/find_customer"] = _ => Structured(Customers),
        ["orders/search"] = arguments =>
            arguments == """{"customer_id":7}"""
                ? Structured(
                    """
                    {"orders": [
                      {"id": "a", "due": "2025-12-01", "total": 10, "customer": {"id": 7}, "iban": "canary-in-a-field"},
                      {"id": "b", "due": "2026-12-01", "total": 10, "customer": {"id": 7}}]}
                    """
                )
                : Structured("""{"orders": [{"id": "c", "due": "2025-11-01", "total": 2.5, "customer": {"id": 8}}]}"""),
        ["crm/get_budget"] = _ => Structured("""{"budgets": [{"id": "b1", "left": 10}, {"id": "b2", "left": 50}]}"""),
        ["orders/create"] = _ => Structured("""{"created": [{"number": 99}], "secret": "canary-in-a-field"}"""),
    };

    [Fact]
    public async Task Steps_AreJoined_AndNothingElseCrosses()
    {
        var finding = await RunAsync("late_orders", """{"customer": "Ann"}""");

        finding.ShouldBe(
            """{"rows":[{"id":"c","due":"2025-11-01","total":2.5,"tier":null},{"id":"a","due":"2025-12-01","total":10,"tier":"gold"}]}"""
        );
        members
            .Calls.Order(StringComparer.Ordinal)
            .ShouldBe([
                """crm/find_customer {"name":"Ann","owner":"alice","limit":5}""",
                """orders/search {"customer_id":7}""",
                """orders/search {"customer_id":8}""",
            ]);
    }

    [Fact]
    public async Task Argument_IsBoundInTheStatement() =>
        (await RunAsync("late_orders", """{"customer": "Ann", "least": 3}""")).ShouldBe(
            """{"rows":[{"id":"a","due":"2025-12-01","total":10,"tier":"gold"}]}"""
        );

    [Fact]
    public async Task MoreRowsThanAllowed_AreReported()
    {
        members["crm/find_customer"] = _ => Structured("""{"customers": [{"id": 7}, {"id": 7}, {"id": 7}]}""");
        members["orders/search"] = _ =>
            Structured("""{"orders": [{"id": 1, "due": "2020-01-01", "total": 1, "customer": {"id": 7}}]}""");

        (await RunAsync("late_orders", """{"customer": "Ann"}""")).ShouldBe(
            """{"rows":[{"id":1,"due":"2020-01-01","total":1,"tier":null},{"id":1,"due":"2020-01-01","total":1,"tier":null}],"more":true,"truncated":["customer"]}"""
        );
    }

    [Fact]
    public async Task StepThatMayFail_IsReportedAsIncomplete()
    {
        members["orders/search"] = _ => MemberAnswer.Failed("upstream.unreachable");

        (await RunAsync("late_orders", """{"customer": "Ann"}""")).ShouldBe("""{"rows":[],"incomplete":["orders"]}""");
    }

    [Theory]
    [InlineData("""{"structuredContent": {"customers": {}}}""", "the answer has no array at \"/customers\"")]
    [InlineData("""{"structuredContent": {}}""", "the answer has no array at \"/customers\"")]
    [InlineData(
        """{"content": [{"type": "text", "text": "{\"customers\": []}"}]}""",
        "the answer has no structured part"
    )]
    [InlineData(
        """{"structuredContent": {"customers": [{"id": {"a": 1}}]}}""",
        "a value for the column id is not text, a number of 64 bits, a boolean or null"
    )]
    [InlineData("""{"structuredContent": {"customers": []}, "isError": true}""", "tool_error")]
    [InlineData("7", "result")]
    public async Task AnswerThatDoesNotFit_FailsTheCall(string result, string detail)
    {
        members["crm/find_customer"] = _ => new MemberAnswer(JsonElement.Parse(result), null);

        var failure = await FailAsync("late_orders", """{"customer": "Ann"}""");

        failure.ShouldBe(new ComposeFailure(ComposeFailure.StepFailed, "customer", detail));
    }

    [Theory]
    [InlineData("""{\"customers\": [{\"id\": 7}]}""", null)]
    [InlineData("""{\"customers\": [{\"id\": 7}]""", "the answer has no structured part")]
    [InlineData("no customers", "the answer has no structured part")]
    public async Task Text_IsReadAsJson_WhereTheStepSaysSo(string text, string? detail)
    {
        members["crm/find_customer"] = _ => new MemberAnswer(
            JsonElement.Parse($$"""{"content": [{"type": "text", "text": "{{text}}"}]}"""),
            null
        );
        var file = ComposeSample.File.Replace(
            "call: crm/find_customer\n",
            "call: crm/find_customer\n                text_as_json: true\n",
            StringComparison.Ordinal
        );

        var answer = await AnswerAsync("find", """{"name": "x"}""", file);

        (answer.Failure?.Detail).ShouldBe(detail);
        Encoding.UTF8.GetString(answer.Finding.Span).ShouldBe(detail is null ? """{"rows":[{"id":7}]}""" : "");
    }

    [Theory]
    [InlineData("""{"customer": 5}""", "\"/customer\" (type)")]
    [InlineData("""{"customer": "x", "other": 1}""", "\"/*\" (false)")]
    [InlineData("""[]""", "\"\" (type)")]
    public async Task ArgumentsThatDoNotFit_CallNothing(string arguments, string detail)
    {
        (await FailAsync("late_orders", arguments)).ShouldBe(new ComposeFailure(ComposeFailure.Arguments, "", detail));
        members.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task ClaimThatTheTokenDoesNotHave_CallsNothing()
    {
        var answer = await ComposedCall.RunAsync(
            ComposeSample.Tool("late_orders"),
            JsonElement.Parse("""{"customer": "Ann"}"""),
            new Dictionary<string, SqlValue>(),
            members,
            new FakeTimeProvider(),
            TestContext.Current.CancellationToken
        );

        answer.Failure.ShouldBe(new ComposeFailure(ComposeFailure.Claim, "customer", "sub"));
        members.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task ToolThatWrites_IsNotCalledWhereNoneMay()
    {
        members.Writing.Add("orders/search");

        (await FailAsync("late_orders", """{"customer": "Ann"}""")).ShouldBe(
            new ComposeFailure(ComposeFailure.Writes, "orders", "orders/search")
        );
        members.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20, """{"rows":[{"id":"b2"}],"order":[{"number":99}]}""", true)]
    [InlineData(60, """{"rows":[]}""", false)]
    public async Task StepThatWrites_RunsOnlyAfterARow(int amount, string expected, bool isWritten)
    {
        members.Writing.Add("orders/create");

        (await RunAsync("commit", $$"""{"amount": {{amount}}}""")).ShouldBe(expected);

        members.Calls.Contains($$"""orders/create {"budget":"b2","amount":{{amount}}}""").ShouldBe(isWritten);
    }

    [Fact]
    public async Task AnswerOfAStepThatWrote_DoesNotFailTheCall()
    {
        members["orders/create"] = _ => Structured("{}");

        (await RunAsync("commit", """{"amount": 1}""")).ShouldBe(
            """{"rows":[{"id":"b2"},{"id":"b1"}],"order":[],"incomplete":["order"]}"""
        );
    }

    [Fact]
    public async Task ToolWithoutStatement_ReturnsItsRows() =>
        (await RunAsync("find", """{"name": "x"}""")).ShouldBe("""{"rows":[{"id":7},{"id":8}]}""");

    [Fact]
    public async Task ToolWithoutRows_PassesTheAnswerOn()
    {
        members["crm/find_customer"] = _ => new MemberAnswer(
            JsonElement.Parse("""{"content":[],"isError":true}"""),
            null
        );

        (await RunAsync("find_all", "{}")).ShouldBe("""{"content":[],"isError":true}""");
    }

    [Fact]
    public async Task CallsOfAStep_AreBounded()
    {
        var text = ComposeSample.File.Replace("max: 2, columns", "max: 101, columns", StringComparison.Ordinal);
        members["crm/find_customer"] = _ =>
            Structured($$"""{"customers": [{{string.Join(", ", Enumerable.Repeat("""{"id": 7}""", 101))}}]}""");

        (await FailAsync("late_orders", """{"customer": "Ann"}""", text)).ShouldBe(
            new ComposeFailure(ComposeFailure.Limit, "orders", "one call may make 100 calls")
        );
        members.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task RowsOfAStep_AreBounded()
    {
        var text = new string('x', 1 << 20);
        members["crm/find_customer"] = _ =>
            Structured(
                $$"""{"customers": [{{string.Join(", ", Enumerable.Repeat($$"""{"id": "{{text}}"}""", 17))}}]}"""
            );
        var file = ComposeSample.File.Replace("max: 2, columns", "max: 100, columns", StringComparison.Ordinal);

        (await FailAsync("late_orders", """{"customer": "Ann"}""", file)).ShouldBe(
            new ComposeFailure(ComposeFailure.Limit, "customer", "its rows have more than 16 MiB")
        );
    }

    [Fact]
    public async Task FindingThatTheOutputSchemaDoesNotAllow_DoesNotCross()
    {
        var file = ComposeSample.File.Replace(
            "max_rows: 2",
            "output: {type: object, properties: {rows: {type: array, maxItems: 1}}}",
            StringComparison.Ordinal
        );

        (await FailAsync("late_orders", """{"customer": "Ann"}""", file)).ShouldBe(
            new ComposeFailure(ComposeFailure.Output, "", "\"/rows\" (maxItems)")
        );
    }

    [Fact]
    public async Task FailureOfOneStep_CancelsThoseOfItsWave()
    {
        var file = ComposeSample
            .File.Replace("                for_each: customer\n", "", StringComparison.Ordinal)
            .Replace("{customer_id: {column: id}}", "{customer_id: {value: 1}}", StringComparison.Ordinal);
        members["crm/find_customer"] = _ => MemberAnswer.Failed("policy.denied");
        members.Waiting.Add("orders/search");

        (await FailAsync("late_orders", """{"customer": "Ann"}""", file)).ShouldBe(
            new ComposeFailure(ComposeFailure.StepFailed, "customer", "policy.denied")
        );
    }

    [Fact]
    public async Task CallerWhoIsGone_CancelsTheMembers()
    {
        using var gone = new CancellationTokenSource();
        members.Waiting.Add("crm/find_customer");

        var running = ComposedCall.RunAsync(
            ComposeSample.Tool("find_all"),
            default,
            new Dictionary<string, SqlValue>(),
            members,
            new FakeTimeProvider(),
            gone.Token
        );
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void Definition_HasTheSchemaOfTheFile()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            ComposeSample.Tool("find").WriteDefinition(json);
        }

        Encoding
            .UTF8.GetString(buffer.ToArray())
            .ShouldBe(
                """{"name":"find","description":"Finds a customer by name.","inputSchema":{"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false}}"""
            );
    }

    private async Task<string> RunAsync(string tool, string arguments, string file = ComposeSample.File)
    {
        var answer = await AnswerAsync(tool, arguments, file);
        answer.Failure.ShouldBeNull();
        var finding = Encoding.UTF8.GetString(answer.Finding.Span);
        finding.ShouldNotContain("canary-in-a-field");
        return finding;
    }

    private async Task<ComposeFailure> FailAsync(string tool, string arguments, string file = ComposeSample.File) =>
        (await AnswerAsync(tool, arguments, file)).Failure.ShouldNotBeNull();

    private Task<ComposedAnswer> AnswerAsync(string tool, string arguments, string file) =>
        ComposedCall.RunAsync(
            ComposeSample.Tool(tool, file),
            JsonElement.Parse(arguments),
            new Dictionary<string, SqlValue> { ["sub"] = SqlValue.FromText("alice") },
            members,
            new FakeTimeProvider(),
            TestContext.Current.CancellationToken
        );

    private static MemberAnswer Structured(string json) =>
        new(JsonElement.Parse($$"""{"content": [], "structuredContent": {{json}}}"""), null);

    /// <summary>Tools by name, each a function of its arguments.</summary>
    private sealed class Members : Dictionary<string, Func<string, MemberAnswer>>, IMemberCalls
    {
        public ConcurrentBag<string> Calls { get; } = [];

        public HashSet<string> Writing { get; } = [];

        /// <summary>Those that never answer.</summary>
        public HashSet<string> Waiting { get; } = [];

        public bool IsReadOnly(ComposeStep step) => !Writing.Contains(step.Call);

        public async Task<MemberAnswer> CallAsync(
            ComposeStep step,
            ReadOnlyMemory<byte> arguments,
            CancellationToken cancellationToken
        )
        {
            var written = Encoding.UTF8.GetString(arguments.Span);
            Calls.Add($"{step.Call} {written}");
            if (Waiting.Contains(step.Call))
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            await Task.Yield();
            return this[step.Call](written);
        }
    }
}
