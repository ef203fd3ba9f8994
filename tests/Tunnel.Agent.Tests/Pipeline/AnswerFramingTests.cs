using System.Net;
using System.Text;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>A request of the server's in an answer other than an event stream, however the answer is written.</summary>
public sealed class AnswerFramingTests
{
    private const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json", false)]
    [InlineData("application/json; charset=utf-8", false)]
    [InlineData("application/vnd.acme+json", false)]
    [InlineData("text/plain", true)]
    [InlineData("text/plain", false)]
    [InlineData("", true)]
    [InlineData("", false)]
    public async Task Ask_InAnAnswer_DoesNotReachTheClient(string type, bool hasLength)
    {
        var ask =
            $$"""{"jsonrpc":"2.0","id":"srv-1","method":"roots/list","params":{"x":"{{new string('x', 70_000)}}"} }""";
        await using var alone = await StartAsync(Settings(Allow("a", "*")), Write(type, ask, hasLength));
        await using var both = await StartAsync(Settings(Allow("a", "*")), Write(type, $"[{ask},{Ok}]", hasLength));
        foreach (var change in new[] { null, Modern("tools/call", "get") })
        {
            var (refused, body) = await alone.PostAsync(Call("get"), change: change);
            var (passed, rest) = await both.PostAsync(Call("get"), change: change);

            refused.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
            body.ShouldNotContain("\"srv-1\"");
            passed.StatusCode.ShouldBe(HttpStatusCode.OK);
            rest.ShouldBe($"[{Ok}]");
        }
    }

    [Theory]
    [InlineData("application/json", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":\"srv-1\",\"method\":\"roots/list\"}", 502)]
    [InlineData("text/plain", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":\"srv-1\",\"method\":\"roots/list\"}", 502)]
    [InlineData("text/html", "<script>if (a) { b[0] }</script>", 502)]
    [InlineData("text/html", "<p/>", 200)]
    [InlineData("text/plain", "Accepted", 200)]
    [InlineData("application/json", "Accepted", 502)]
    [InlineData("", "Accepted", 502)]
    [InlineData("application/json", "", 200)]
    public async Task Answer_ThatIsNoMessage_PassesOnlyIfNoClientFindsOneInIt(string type, string text, int status)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")), Write(type, text, hasLength: true));

        var (answer, body) = await fixture.PostAsync(Call("get"));

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 200)
        {
            body.ShouldBe(text);
        }
    }

    [Fact] // clients that decode text do not see the mark (RFC 8259 §8.1)
    public async Task Answer_BehindAByteOrderMark_IsJudgedLikeAnyOther()
    {
        const string List = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get"},{"name":"put"}]}}""";
        var settings = Settings(Allow("a", "get"));
        await using var lists = await StartAsync(settings, Write("application/json", "\uFEFF" + List, hasLength: true));
        await using var calls = await StartAsync(settings, Write("application/json", "\uFEFF" + Ok, hasLength: true));

        var (_, list) = await lists.PostAsync(Request("tools/list"));
        var (answer, passed) = await calls.PostAsync(Call("get"));

        list.ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get"}]}}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        passed.TrimStart('\uFEFF').ShouldBe(Ok);
    }

    [Theory] // HTML Standard §9.2.6
    [InlineData("LIST\r\r", "data: KEPT\n\n")]
    [InlineData("LIST\r\n\r", "data: KEPT\n\n")]
    [InlineData("\uFEFFLIST\r\r", "data: KEPT\n\n")]
    [InlineData(": hi\n\nLIST\n", ": hi\n\n")] // cut in the middle: no client reads it
    [InlineData(": hi\n\nLIST", ": hi\n\n")]
    public async Task Events_AtTheEndOfTheStream_AreJudgedIfTheyAreWhole(string stream, string expected)
    {
        const string List = """data: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get"},{"name":"put"}]}}""";
        const string Kept = """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get"}]}}""";
        var body = stream.Replace("LIST", List, StringComparison.Ordinal);
        foreach (var type in new[] { "text/event-stream", "Text/Event-Stream; charset=utf8" })
        {
            await using var fixture = await StartAsync(
                Settings(Allow("a", "get")),
                Write(type, body, hasLength: false)
            );

            var (answer, passed) = await fixture.PostAsync(Request("tools/list"));

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            passed.ShouldBe(expected.Replace("KEPT", Kept, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Answer_BehindAByteOrderMark_Passes()
    {
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*")),
            Write("application/json", "\uFEFF" + Ok, hasLength: true)
        );

        var (answer, body) = await fixture.PostAsync(Call("get"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.TrimStart('\uFEFF').ShouldBe(Ok);
    }

    [Fact]
    public async Task Answer_WhereAllAsksAreAllowed_StreamsThrough()
    {
        var all = new PolicyRule
        {
            Name = "m",
            Effect = PolicyEffect.Allow,
            Methods = ["*"],
        };
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*"), all),
            Write("text/html", "<script>{}</script>", hasLength: false)
        );

        (await fixture.PostAsync(Call("get"))).Body.ShouldBe("<script>{}</script>");
    }

    private static string Write(string type, string body, bool hasLength)
    {
        body = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body)); // a byte is a character there
        var bytes = body.Length;
        var head = "HTTP/1.1 200 OK\r\n" + (type.Length > 0 ? $"Content-Type: {type}\r\n" : "");
        return hasLength
            ? $"{head}Content-Length: {bytes}\r\n\r\n{body}"
            : $"{head}Transfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n{body}\r\n0\r\n\r\n";
    }
}
