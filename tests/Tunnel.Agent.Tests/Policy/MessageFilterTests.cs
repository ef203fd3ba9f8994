using System.Net;
using System.Text;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>
/// An answer is checked as its reader may read it: the rule for look-alike members is that of requests.
/// </summary>
public sealed class MessageFilterTests
{
    private const string Tools = """[{"name":"secret"}]""";

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"re\u017Fult":{"tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"Result":{"tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"re\u017Fult":{"tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"tool\u017F":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"Tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"tools":[],"tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"re\u017Fources":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"result":{"tools":TOOLS}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"inputReque\u017Fts":{"a":{"method":"roots/list"}}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"Method":"sampling/createMessage"}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"re\u017Fult":{"tools":TOOLS}}]""")]
    public async Task Answer_WithALookAlike_DoesNotPass(string answer)
    {
        answer = answer.Replace("TOOLS", Tools, StringComparison.Ordinal);
        Filter(answer).Fate.ShouldBe(MessageFate.Ambiguous);

        await using var json = await PolicyFixture.StartAsync(Settings(Allow("a", "get")), PolicyFixture.Json(answer));
        await using var events = await PolicyFixture.StartAsync(
            Settings(Allow("a", "get")),
            PolicyFixture.Events($"data: {answer}\n\n")
        );
        var (whole, body) = await json.PostAsync(PolicyFixture.Request("tools/list"));
        var (_, stream) = await events.PostAsync(PolicyFixture.Request("tools/list"));

        whole.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        whole.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_unreadable"]);
        body.ShouldNotContain("\"secret\"");
        stream.ShouldNotContain("\"secret\"");
        stream.ShouldNotContain("sampling/createMessage");
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"reſult":{"tools":[{"name":"secret"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"toolſ":[{"name":"secret"}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"größe":1,"result":{"tools":[]}}""")]
    public void Answer_WithALookAlikeThatIsNotEscaped_IsAmbiguous(string answer) =>
        Filter(answer).Fate.ShouldBe(MessageFate.Ambiguous);

    [Fact] // an error status does not bypass the filter either
    public async Task Answer_WithALookAlikeUnderAnErrorsStatus_DoesNotPass()
    {
        const string Answer = """{"jsonrpc":"2.0","id":1,"re\u017Fult":{"tools":[{"name":"secret"}]}}""";
        await using var fixture = await PolicyFixture.StartAsync(
            Settings(Allow("a", "get")),
            PolicyFixture.Json(Answer).Replace("200 OK", "400 Bad Request", StringComparison.Ordinal)
        );

        var (_, body) = await fixture.PostAsync(PolicyFixture.Request("tools/list"));

        body.ShouldNotContain("\"secret\"");
    }

    [Theory]
    [InlineData("""{"tools":{"0":{"name":"secret"}}}""")]
    [InlineData("""{"tools":"secret"}""")]
    [InlineData("""{"tools":[],"prompts":{"0":{"name":"secret"}}}""")]
    [InlineData("""{"resources":{"uri":"file:///secret"}}""")]
    [InlineData("""{"resourceTemplates":{"uriTemplate":"file:///secret"}}""")]
    [InlineData("""[{"name":"secret"}]""")]
    public async Task Answer_WhoseListIsOfAnotherType_DoesNotPass(string result)
    {
        await using var fixture = await PolicyFixture.StartAsync(
            Settings(Allow("a", "get")),
            PolicyFixture.Json($$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""")
        );

        var (answer, body) = await fixture.PostAsync(PolicyFixture.Request("tools/list"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_unreadable"]);
        body.ShouldNotContain("secret\"");
    }

    [Fact] // as servers written in Go write an empty list
    public void Answer_WhoseListIsNull_Passes() =>
        Filter("""{"jsonrpc":"2.0","id":1,"result":{"tools":null}}""").Fate.ShouldBe(MessageFate.Pass);

    [Theory]
    [InlineData("""{"name":"get","Name":"secret"}""")]
    [InlineData("""{"name":"get","name":"secret"}""")]
    [InlineData("""{"name":"get","na\u006de":"secret"}""")]
    [InlineData("""{"NAME":"get"}""")]
    public void Entry_WhoseNameReadsInTwoWays_IsHidden(string entry)
    {
        var filtered = Filter($$$"""{"jsonrpc":"2.0","id":1,"result":{"tools":[{{{entry}}}]}}""");

        filtered.Fate.ShouldBe(MessageFate.Replace);
        filtered.Hidden.ShouldBe(1);
    }

    [Theory] // MCP has no such names; a fold of k or s in "uri" does not exist, of i it does
    [InlineData(
        """{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"ur\u0131":"file:///secret"}}"""
    )]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"URI":"file:///secret"}}""")]
    public void Update_WithALookAlike_IsDropped(string message) => Filter(message).Fate.ShouldBe(MessageFate.Drop);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"größe":1,"Content":2,"a":1,"a":2}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[{"tool\u017F":1,"result":{"result":1}}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","Result":{}}}""")]
    public void Answer_WithFreeMembers_PassesAsItIs(string message) => Filter(message).Fate.ShouldBe(MessageFate.Pass);

    private static FilteredMessage Filter(string text) =>
        new MessageFilter(Compile(Allow("a", "get")), new Caller(Caller()), hasLists: true, isModern: false).Apply(
            Encoding.UTF8.GetBytes(text)
        );
}
