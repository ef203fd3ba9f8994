using System.Text;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>Answers through inner TLS and real sockets, and the shapes of them in records.</summary>
public sealed class RecordedShapesTests
{
    private const string Shape = """{"":{"object":1},"/ok":{"integer":1},"/no":{"string":1,"bytes":12}}""";
    private const string Body =
        """{ "jsonrpc":"2.0","id":1,"result":{"structuredContent":{"ok":1,"no":"CANARY-31415"},"content":[]}}""";

    private const string Judging = "{name: a, effect: allow, tools: [get], answer: {fields: [/ok]}}";
    private const string Allowing = "{name: a, effect: allow, tools: [get], methods: [\"*\"]}";

    public static TheoryData<string, string> Unread { get; } =
        new()
        {
            { "record", Allowing },
            { "observe", Allowing },
            { "observe", Judging },
            { "enforce", Allowing },
            { "enforce", "{name: a, effect: allow, tools: [get]}" },
        };

    [Theory]
    [MemberData(nameof(Unread))]
    public async Task AnswerThatPasses_IsUnchangedAndHasItsShape(string mode, string rule)
    {
        foreach (var (answer, expected) in Framings())
        {
            var trail = new KeptTrail { RecordsAnswerShapes = true };
            await using var fixture = await StartAsync(PolicyFile.Settings(rule, mode), answer, trail);

            var (_, body) = await fixture.PostAsync(Call("get"));

            body.ShouldBe(expected);
            Recorded(await trail.OnlyCallAsync()).ShouldContain($",\"answer_shape\":{Shape}");
        }
    }

    [Fact]
    public async Task JudgedAnswer_HasTheShapeOfWhatTheServerSent()
    {
        foreach (var (answer, _) in Framings())
        {
            var trail = new KeptTrail { RecordsAnswerShapes = true };
            await using var fixture = await StartAsync(PolicyFile.Settings(Judging), answer, trail);

            var (_, body) = await fixture.PostAsync(Call("get"));

            body.ShouldNotContain("CANARY-31415");
            var record = await trail.OnlyCallAsync();
            record.Answer.ShouldNotBeNull().FieldsRemoved.ShouldBeInRange(1, 2);
            Recorded(record).ShouldContain($",\"answer_shape\":{Shape}");
            Recorded(record).ShouldNotContain("CANARY-31415");
        }
    }

    [Theory]
    [InlineData(false, "Content-Type: application/json\r\n", Body)]
    [InlineData(true, "Content-Type: text/plain\r\n", Body)]
    [InlineData(true, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", Body)]
    [InlineData(true, "Content-Type: application/json\r\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}")]
    public async Task AnswerWithoutAShape_IsUnchanged(bool isOn, string headers, string sent)
    {
        var trail = new KeptTrail { RecordsAnswerShapes = isOn };
        await using var fixture = await StartAsync(
            PolicyFile.Settings(Allowing, "record"),
            $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(sent)}\r\n\r\n{sent}",
            trail
        );

        var (_, body) = await fixture.PostAsync(Call("get"));

        body.ShouldBe(sent);
        Recorded(await trail.OnlyCallAsync()).ShouldNotContain("answer_shape");
    }

    [Fact]
    public async Task OtherMethods_HaveNoShape()
    {
        var trail = new KeptTrail { RecordsAnswerShapes = true };
        await using var fixture = await StartAsync(PolicyFile.Settings(Allowing, "record"), Json(Body), trail);

        await fixture.PostAsync(Request("tools/list"));

        (await trail.OnlyCallAsync()).AnswerShape.IsEmpty.ShouldBeTrue();
    }

    // What the server sends, and the body that it is.
    private static IEnumerable<(string Answer, string Body)> Framings()
    {
        yield return (Json(Body), Body);
        yield return (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"5\r\n{Body[..5]}\r\n{Body.Length - 5:x}\r\n{Body[5..]}\r\n0\r\n\r\n",
            Body
        );
        var events = $": \n\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}}\n\ndata: {Body}\n\n";
        yield return (Events(events), events);
    }

    private static string Recorded(CallRecord record)
    {
        using var writer = new RecordWriter("a", "1", default);
        return Encoding.UTF8.GetString(writer.Write(record, keepsShapes: true));
    }
}
