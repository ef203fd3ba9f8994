using System.Net;
using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>Answer rules through inner TLS and real sockets: what a byte of the server could cross in.</summary>
public sealed class JudgedAnswersTests
{
    private const string Canary = "CANARY-31415";
    private const string Finding = """{"ok":1}""";
    private const string Body =
        """{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1,"no":"CANARY-31415"},"content":[{"type":"text","text":"CANARY-31415"}]}}""";

    private const string Crossed =
        """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{\"ok\":1}"}],"structuredContent":{"ok":1}}}""";

    private static readonly string Rule = "{name: a, effect: allow, tools: [get], answer: {fields: [/ok]}}";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Answer_CrossesAsItsFinding(int httpVersion)
    {
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(PolicyFile.Settings(Rule), Json(Body), trail);

        var (answer, body) = await fixture.PostAsync(Call("get"), httpVersion);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe(Crossed);
        var record = (await trail.OnlyCallAsync()).Answer.ShouldNotBeNull();
        (record.Rows, record.RowsRemoved, record.FieldsRemoved, record.Masked).ShouldBe((0, 0, 1, 0));
        record.Problem.ShouldBeEmpty();
        Convert
            .ToHexStringLower(record.Digest.Span)
            .ShouldBe(
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Crossed)))
            );
    }

    [Theory]
    [InlineData("HTTP/1.1 200 CANARY-31415", "")]
    [InlineData("HTTP/1.1 200 OK", "X-Note: CANARY-31415\r\n")]
    [InlineData("HTTP/1.1 200 OK", "Content-Language: CANARY-31415\r\n")]
    [InlineData("HTTP/1.1 200 OK", "Mcp-Session-Id: CANARY-31415\r\n")]
    [InlineData("HTTP/1.1 200 OK", "Server: CANARY-31415\r\nETag: \"CANARY-31415\"\r\nLink: <CANARY-31415>\r\n")]
    public async Task Head_OfTheServer_DoesNotCross(string status, string headers)
    {
        var length = Encoding.UTF8.GetByteCount(Body);
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule),
            $"{status}\r\nContent-Type: application/json; note=CANARY-31415\r\n{headers}Content-Length: {length}\r\n\r\n{Body}"
        );

        var (answer, body) = await fixture.PostAsync(Call("get"));

        body.ShouldBe(Crossed);
        $"{answer}".ShouldNotContain(Canary);
        answer.ReasonPhrase.ShouldNotBe(Canary);
    }

    [Fact]
    public async Task Trailers_DoNotCross()
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTrailer: X-Note\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"{Encoding.UTF8.GetByteCount(Body):x}\r\n{Body}\r\n0\r\nX-Note: {Canary}\r\n\r\n"
        );

        var (answer, body) = await fixture.PostAsync(Call("get"), httpVersion: 2);

        body.ShouldBe(Crossed);
        answer.TrailingHeaders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"CANARY-31415"}}""",
        "policy.answer_failed",
        -32603
    )]
    [InlineData("CANARY-31415", "policy.answer_unfit", -32603)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""", "policy.answer_unfit", -32603)]
    public async Task WithheldAnswer_IsAnErrorOfTheCall(string upstream, string reason, int code)
    {
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(PolicyFile.Settings(Rule), Json(upstream), trail);

        var (answer, body) = await fixture.PostAsync(Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        var error = System.Text.Json.JsonElement.Parse(body).GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe(code);
        error.GetProperty("data").GetProperty("request_id").GetString().ShouldNotBeNullOrEmpty();
        body.ShouldNotContain(Canary);
        var record = await trail.OnlyCallAsync();
        (record.Decision, record.Reason).ShouldBe(("refuse", reason));
        record.Answer.ShouldNotBeNull().Problem.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("", 1, 2, 1, "")]
    [InlineData(",\"o\":[]", 0, 3, 0, "duplicate_member")]
    public async Task Record_HasNumbersOfWhatCrossedAndStayedInside(
        string more,
        int rows,
        int removed,
        int masked,
        string problem
    )
    {
        const string Orders =
            """[{"n":1,"own":true,"iban":"CANARY-31415"},{"n":2,"own":false},{"n":3,"note":"CANARY-31415"}]""";
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(
            PolicyFile.Settings(
                "{name: a, effect: allow, tools: [get], answer: {rows: [{at: /o, where: {at: /own, const: true}}], "
                    + "mask: [{at: /o/*/iban, as: text}]}}"
            ),
            Json($"{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"structuredContent\":{{\"o\":{Orders}{more}}}}}}}"),
            trail
        );

        await fixture.PostAsync(Call("get"));

        var record = await trail.OnlyCallAsync();
        var answer = record.Answer.ShouldNotBeNull();
        (answer.Rows, answer.RowsRemoved, answer.Masked, answer.Problem).ShouldBe((rows, removed, masked, problem));
        answer.Digest.IsEmpty.ShouldBe(problem.Length > 0);
        using var writer = new RecordWriter("a", "1", default);
        Encoding.UTF8.GetString(writer.Write(record, keepsShapes: true)).ShouldNotContain(Canary);
    }

    // The answer was judged, and then nothing of it was sent.
    [Fact]
    public async Task Record_OfAnAnswerThatIsTooLarge_SaysThatNothingCrossed()
    {
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(
            PolicyFile.Settings(
                "{name: a, effect: allow, tools: [get], max_response_bytes: 100, answer: {rows: [{at: /o, max: 5}]}}"
            ),
            Events(
                "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"structuredContent\":{\"o\":[{},{},{}]}}}\n\n"
                    + new string(':', 100)
            ),
            trail
        );

        await fixture.PostAsync(Call("get"));

        var record = await trail.OnlyCallAsync();
        record.Reason.ShouldBe("policy.answer_too_large");
        var answer = record.Answer.ShouldNotBeNull();
        (answer.Rows, answer.RowsRemoved, answer.Digest.Length).ShouldBe((0, 3, 0));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    public async Task ErrorPage_KeepsItsStatusAlone(int status)
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule),
            $"HTTP/1.1 {status} Error\r\nContent-Type: text/html\r\nX-Note: {Canary}\r\nContent-Length: 12\r\n\r\n{Canary}"
        );

        var (answer, body) = await fixture.PostAsync(Call("get"));

        ((int)answer.StatusCode).ShouldBe(status);
        body.ShouldNotContain(Canary);
        $"{answer}".ShouldNotContain(Canary);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task EventStream_CrossesAsItsFinding(int httpVersion)
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule),
            Events(
                $": {Canary}\n\nid: {Canary}\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{{\"data\":\"{Canary}\"}}}}\n\n"
                    + $"id: {Canary}\ndata: {Body}\n\n"
            )
        );

        var (answer, body) = await fixture.PostAsync(Call("get"), httpVersion);

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        body.ShouldEndWith($"event: message\ndata: {Crossed}\n\n");
        body.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task EventStream_ThatIsUnfit_EndsWithTheError()
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule),
            Events($"data: {{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"content\":[\"{Canary}\"]}}}}\n\n")
        );

        var (_, body) = await fixture.PostAsync(Call("get"));

        body.ShouldContain("policy.answer_unfit");
        body.ShouldNotContain(Canary);
    }

    // The server may send what a rule removes in any of the caller's other streams.
    [Fact]
    public async Task OtherStreams_OfTheCaller_HaveNothingOfAnswers()
    {
        var events =
            $"data: {{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{{\"a\":\"{Canary}\"}}}}\n\n"
            + $"data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{{\"data\":\"{Canary}\"}}}}\n\n"
            + $"data: {{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"elicitation/create\",\"params\":{{\"message\":\"{Canary}\"}}}}\n\n"
            + "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n";
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule + ", {name: b, effect: allow, tools: [other], methods: [\"*\"]}"),
            Events(events)
        );

        var (_, resumed) = await fixture.PostAsync("", method: HttpMethod.Get);
        var (_, other) = await fixture.PostAsync(Call("other", "9"));

        foreach (var body in new[] { resumed, other })
        {
            body.ShouldNotContain(Canary);
            body.ShouldContain("list_changed");
        }
    }

    [Theory]
    [InlineData("tasks/result")]
    [InlineData("tasks/get")]
    public async Task Tasks_DoNotCrossToACallerWhoseAnswersAreJudged(string method)
    {
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule + ", {name: b, effect: allow, methods: [\"tasks/*\"]}"),
            Json(Body)
        );

        var (_, body) = await fixture.PostAsync(Request(method));

        body.ShouldContain("Method not found");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Subscription_HasNoAnswerToJudge()
    {
        const string Subscribed = """{"jsonrpc":"2.0","id":1,"result":{}}""";
        await using var fixture = await StartAsync(
            PolicyFile.Settings("{name: a, effect: allow, resources: [\"db://*\"], answer: {fields: [/ok]}}"),
            Json(Subscribed)
        );

        var (_, body) = await fixture.PostAsync(
            """{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"db://a"}}"""
        );

        body.ShouldBe(Subscribed);
    }

    // A lenient server runs a call without an id, and answers it.
    [Fact]
    public async Task CallWithoutId_IsNotMade()
    {
        await using var fixture = await StartAsync(PolicyFile.Settings(Rule), Json(Body));

        var (answer, body) = await fixture.PostAsync(
            """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"get"}}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        body.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Observe_ChangesNothingAndCounts()
    {
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule, "observe"),
            Json(Body, "X-Note: a\r\n"),
            trail
        );

        var (answer, body) = await fixture.PostAsync(Call("get"));

        body.ShouldBe(Body);
        answer.Headers.Contains("X-Note").ShouldBeTrue();
        (await trail.OnlyCallAsync()).Answer.ShouldNotBeNull().FieldsRemoved.ShouldBe(1);
    }

    [Fact]
    public async Task OtherTools_AreAStreamAsBefore()
    {
        const string Other =
            """{ "jsonrpc":"2.0", "id":1, "result":{"content":[{"type":"text","text":"as it is"}]} }""";
        var trail = new KeptTrail();
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule + ", {name: b, effect: allow, tools: [other]}"),
            Json(Other, "X-Note: a\r\n"),
            trail
        );

        var (answer, body) = await fixture.PostAsync(Call("other"));

        body.ShouldBe(Other);
        answer.Headers.GetValues("X-Note").ShouldBe(["a"]);
        (await trail.OnlyCallAsync()).Answer.ShouldBeNull();
    }

    // The official clients refuse an answer that is not of the form that the list has.
    [Fact]
    public async Task List_HasNoFormOfAnswersThatAreJudged()
    {
        const string Tools =
            """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get","outputSchema":{"required":["no"]},"title":"A"},{"name":"other","outputSchema":{}}]}}""";
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Rule + ", {name: b, effect: allow, tools: [other]}"),
            Json(Tools)
        );

        var (_, body) = await fixture.PostAsync(Request("tools/list"));

        body.ShouldBe(
            """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get","title":"A"},{"name":"other","outputSchema":{}}]}}"""
        );
    }

    [Fact]
    public async Task BrokenServer_IsAnsweredAsBefore()
    {
        await using var fixture = await StartAsync(PolicyFile.Settings(Rule), "no HTTP\r\n\r\n");

        var (answer, _) = await fixture.PostAsync(Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").Single().ShouldStartWith("upstream.");
    }
}
