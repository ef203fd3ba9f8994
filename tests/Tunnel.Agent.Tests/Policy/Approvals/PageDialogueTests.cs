using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Approvals;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Policy.Approvals;

/// <summary>Modern clients get the page on which a call is approved, and their answer approves nothing.</summary>
public sealed class PageDialogueTests
{
    private const string Page = "https://id.example.com/console/approvals";
    private const string Rule = "{name: pay, effect: allow, tools: [pay], require_approval: {page: \"" + Page + "\"}}";
    private const string Accepted = "\"inputResponses\":{\"culvert.approval\":{\"action\":\"accept\"}}";
    private const string Url = """{"elicitation":{"url":{}}}""";

    [Fact]
    public async Task Pending_ClientThatOpensPages_GetsThePage()
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);

        var (answer, body) = await PostAsync(scene, Call(Url));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_required"]);
        using var read = JsonDocument.Parse(body);
        read.RootElement.GetProperty("id").GetInt32().ShouldBe(7);
        read.RootElement.TryGetProperty("error", out _).ShouldBeFalse();
        var result = read.RootElement.GetProperty("result");
        result.GetProperty("resultType").GetString().ShouldBe("input_required");
        result.TryGetProperty("requestState", out _).ShouldBeFalse();
        var asked = result.GetProperty("inputRequests").EnumerateObject().ShouldHaveSingleItem();
        asked.Name.ShouldBe("culvert.approval");
        asked.Value.GetProperty("method").GetString().ShouldBe("elicitation/create");
        var parameters = asked.Value.GetProperty("params");
        parameters.GetProperty("mode").GetString().ShouldBe("url");
        parameters.GetProperty("url").GetString().ShouldBe(Page);
        parameters.GetProperty("message").GetString()!.ShouldContain("appr_1");
        scene.Tunnel.Upstream.Connections.ShouldBe(0);
        var record = await scene.RecordAsync();
        record.Decision.ShouldBe("refuse");
        record.Reason.ShouldBe("policy.approval_required");
        record.Approval.ShouldBe("appr_1");
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"elicitation":{}}""", "")]
    [InlineData("""{"elicitation":{"form":{}}}""", "")]
    [InlineData("""{"elicitation":{"url":true}}""", "")]
    [InlineData("""{"elicitation":true}""", "")]
    [InlineData("""{"sampling":{"url":{}}}""", "")]
    // Asked once already, or within a round of the server's.
    [InlineData(Url, Accepted)]
    [InlineData(Url, """ "inputResponses":{} """)]
    [InlineData(Url, """ "inputResponses":{"name":{"action":"accept"}} """)]
    [InlineData(Url, """ "requestState":"s" """)]
    public async Task Pending_OtherCalls_GetTheTicket(string capabilities, string more)
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);

        var (_, body) = await PostAsync(scene, Call(capabilities, more));

        body.ShouldContain("\"code\":-32006");
        body.ShouldContain("\"ticket\":\"appr_1\"");
        body.ShouldNotContain("input_required");
    }

    [Fact]
    public async Task Pending_ClientOfAnEarlierRevision_GetsTheTicket()
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);

        var (_, body) = await scene.Tunnel.PostAsync(PolicyFixture.Call("pay"));

        body.ShouldContain("\"code\":-32006");
    }

    [Fact]
    public async Task Pending_RuleWithoutPage_GivesTheTicket()
    {
        await using var scene = await ApprovalScene.StartAsync();

        var (_, body) = await PostAsync(scene, Call(Url));

        body.ShouldContain("\"code\":-32006");
    }

    [Theory]
    [InlineData(CallApprovalAnswer.Rejected, "policy.approval_rejected")]
    [InlineData("something", "policy.approval_unavailable")]
    public async Task Undecidable_GetsNoPage(string state, string reason)
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);
        scene.State = state;

        var (answer, body) = await PostAsync(scene, Call(Url));

        answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        body.ShouldNotContain("input_required");
    }

    [Fact]
    public async Task Approved_WithTheAnswer_IsTheSameCall_AndReachesTheUpstreamWithoutIt()
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);
        await PostAsync(scene, Call(Url));
        scene.State = CallApprovalAnswer.Approved;

        var (_, body) = await PostAsync(scene, Call(Url, Accepted));

        body.ShouldBe(ApprovalScene.Ok);
        scene.Requests.Count.ShouldBe(2);
        scene.Requests[1].Binding.ShouldBe(scene.Requests[0].Binding);
        (await scene.Tunnel.Upstream.NextAsync()).BodyText.ShouldBe(Call(Url));
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("cancel")]
    [InlineData("")]
    public async Task Approved_WithAnotherAnswer_IsNotMade_AndUsesNothing(string action)
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);
        scene.State = CallApprovalAnswer.Approved;

        var (answer, _) = await PostAsync(
            scene,
            Call(Url, Accepted.Replace("accept", action, StringComparison.Ordinal))
        );

        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.approval_required"]);
        scene.Requests.ShouldBeEmpty();
        scene.Tunnel.Upstream.Connections.ShouldBe(0);
    }

    // What a client answers to the server is the server's, and part of what is approved.
    [Fact]
    public async Task Approved_WithAnswersToTheServer_PassesThemOn()
    {
        await using var scene = await ApprovalScene.StartAsync(Rule);
        scene.State = CallApprovalAnswer.Approved;
        var call = Call(Url, """ "inputResponses":{"name":{"action":"accept"}},"requestState":"s" """);

        await PostAsync(scene, call);

        (await scene.Tunnel.Upstream.NextAsync()).BodyText.ShouldBe(call);
    }

    [Theory]
    [InlineData("""{"name":"pay","inputResponses":{"a":[{}]}}""", """{"name":"pay"}""")]
    [InlineData("""{ "inputResponses" : {"a":1} , "name":"pay"}""", """{ "name":"pay"}""")]
    [InlineData(
        """{"name":"pay" , "inputResponses":1, "x":{"inputResponses":2} }""",
        """{"name":"pay", "x":{"inputResponses":2} }"""
    )]
    [InlineData("""{"x":{"inputResponses":2},"inputResponses":{} }""", """{"x":{"inputResponses":2} }""")]
    [InlineData("""{"inputResponses":{} }""", "{}")]
    public void RemoveAnswer_LeavesAllOtherBytes(string before, string after) =>
        Encoding
            .UTF8.GetString(PageDialogue.RemoveAnswer(MessageReader.Read(Message(before))))
            .ShouldBe(Encoding.UTF8.GetString(Message(after)));

    [Theory]
    [InlineData("http://id.example.com/console")]
    [InlineData("https://user@id.example.com/")]
    [InlineData("/console")]
    public void Rule_WithAPageThatIsNoHttpsUrl_IsAnError(string page) =>
        PolicyFile
            .Read($"{{mode: enforce, rules: [{Rule.Replace(Page, page, StringComparison.Ordinal)}]}}")
            .Errors.Select(e => e.ToString())
            .ShouldContain(e => e.Contains("require_approval.page", StringComparison.Ordinal));

    [Fact]
    public void Version_DependsOnThePage() =>
        PolicyFile
            .Settings(Rule)
            .Rules[0]
            .Approval!.ToString()
            .ShouldNotBe(
                PolicyFile
                    .Settings(Rule.Replace("/console", "/x", StringComparison.Ordinal))
                    .Rules[0]
                    .Approval!.ToString()
            );

    private static byte[] Message(string parameters) =>
        Encoding.UTF8.GetBytes(
            $$"""{"inputResponses":0,"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{parameters}},"z":[]}"""
        );

    private static Task<(HttpResponseMessage Answer, string Body)> PostAsync(ApprovalScene scene, string body) =>
        scene.Tunnel.PostAsync(body, change: Modern("tools/call", "pay"));

    private static string Call(string capabilities, string more = "") =>
        $$$"""
            {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"pay","arguments":{"amount":1},
             "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
             "io.modelcontextprotocol/clientCapabilities":{{{capabilities}}}}{{{(more.Length > 0 ? "," + more : "")}}}}}
            """;
}
