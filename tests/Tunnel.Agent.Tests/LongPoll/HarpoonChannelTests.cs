using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The channel <c>harpoon</c> on the provider's wire.</summary>
public sealed class HarpoonChannelTests
{
    private const string Announced =
        """{"version":1,"channels":[{"name":"main"},{"name":"harpoon","proc_affinity":true}]}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact] // client metadata on every control call, remote main and harpoon
    public async Task Requests_WithHarpoon_AnnounceIt()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);

        var poll = await scene.Plane.NextPollAsync();
        var answer = await scene.SendAsync(HarpoonScene.Message("ping", "{}"));

        poll.Header("X-Tunnel-MCP-Server-Info").ShouldBe([Announced]);
        answer.Request.Header("X-Tunnel-MCP-Server-Info").ShouldBe([Announced]);
    }

    [Fact] // client metadata on every control call, remote main without harpoon
    public async Task Requests_WithoutHarpoon_DoNotAnnounceIt()
    {
        await using var scene = await LongPollScene.StartAsync();

        (await scene.Plane.NextPollAsync())
            .Header("X-Tunnel-MCP-Server-Info")
            .ShouldBe(["""{"version":1,"channels":[{"name":"main"}]}"""]);
    }

    [Fact] // an agent for harpoon alone: no discovery, and initialize, tools/list, call_target
    public async Task HarpoonAlone_Initialize_ListTools_CallTarget()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            s => s with { Channels = [s.Channels[1]], PollChannels = ["harpoon"] }
        );

        (await scene.Plane.NextPollAsync()).RequestLine.ShouldContain("&channel=harpoon ");
        var initialized = await scene.SendAsync(
            HarpoonScene.Message("initialize", """{"protocolVersion":"2025-06-18","capabilities":{}}""")
        );
        scene.Enqueue("""{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}""");
        var ready = await scene.Plane.NextAnswerAsync();
        var listed = await scene.SendAsync(HarpoonScene.Message("tools/list", "{}"));
        var called = await scene.CallAsync("""{"label":"tickets","method":"GET","headers":{}}""");

        JsonNode.Parse(initialized.Json!)!["result"]!["protocolVersion"]!.GetValue<string>().ShouldBe("2025-06-18");
        initialized.Header("Mcp-Session-Id").ShouldBeNull();
        ready.Type.ShouldBe("notify_ack");
        ready.Code.ShouldBe(202);
        ready.Json.ShouldBeNull();
        Names(listed).ShouldBe(["list_targets", "call_target", "get_oauth_target_audience"]);
        HarpoonScene.BodyOf(called).ShouldBe("pong");
        scene.Scene.Server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Modern_Discover_ListTools_CallTarget()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);

        var discovered = await SendModernAsync(scene, "server/discover", new JsonObject());
        var listed = await SendModernAsync(scene, "tools/list", new JsonObject());
        var called = await SendModernAsync(
            scene,
            "tools/call",
            new JsonObject
            {
                ["name"] = "call_target",
                ["arguments"] = new JsonObject { ["label"] = "tickets", ["method"] = "GET" },
            }
        );

        JsonNode.Parse(discovered.Json!)!["result"]!["supportedVersions"]!
            .ToJsonString()
            .ShouldBe($"[\"{HarpoonScene.Modern}\"]");
        Names(listed).ShouldBe(["list_targets", "call_target", "get_oauth_target_audience"]);
        HarpoonScene.BodyOf(HarpoonScene.Read(called)).ShouldBe("pong");
    }

    [Fact] // session termination is rejected, and the channel keeps serving
    public async Task SessionTermination_Is405AndTheChannelKeepsServing()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);
        scene.Plane.Enqueue(
            type: "session_termination",
            change: c =>
            {
                c["channel"] = "harpoon";
                c["headers"]!["Mcp-Session-Id"] = new JsonArray("s-1");
            }
        );

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Type.ShouldBe("session_termination_response");
        answer.Code.ShouldBe(405);
        answer.Json.ShouldBeNull();
        (await scene.SendAsync(HarpoonScene.Message("ping", "{}"))).Code.ShouldBe(200);
    }

    [Theory] // the channel is trimmed, and case does not count
    [InlineData("Harpoon")]
    [InlineData(" harpoon ")]
    public async Task Channel_InAnotherSpelling_IsHarpoon(string channel)
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);

        var answer = await scene.SendAsync(HarpoonScene.Message("tools/list", "{}"), c => c["channel"] = channel);

        answer.Channel.ShouldBe("harpoon");
        Names(answer).ShouldContain("get_oauth_target_audience");
    }

    [Fact] // an unsupported channel: status 400 and -32603 that names it; never main
    public async Task Channel_NotConfigured_Is400AndNotSentToMain()
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["channel"] = "harpoon");

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(400);
        answer.Channel.ShouldBe("harpoon");
        answer.Json.ShouldBe(
            """{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"The agent does not serve the channel harpoon."}}"""
        );
        scene.Server.Connections.ShouldBe(0);
    }

    [Fact] // calls of main are not calls of harpoon, on the same agent
    public async Task Channel_Main_KeepsItsOwnServer()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"label":"a"}}}"""
        );

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);

        (await scene.Scene.Server.NextAsync()).BodyText.ShouldContain("\"label\":\"a\"");
    }

    [Fact] // the same callouts through another channel have the agent's own form
    public async Task Channel_OtherThanHarpoon_HasTheOwnForm()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            s => s with { Channels = [.. s.Channels, new("tools", "callouts", true)] }
        );

        var listed = await scene.SendAsync(HarpoonScene.Message("tools/list", "{}"), c => c["channel"] = "tools");
        var called = await scene.SendAsync(
            HarpoonScene.Use("call_target", """{"name":"tickets"}"""),
            c => c["channel"] = "tools"
        );
        var audience = await scene.SendAsync(
            HarpoonScene.Use("get_oauth_target_audience", """{"name":"tickets"}"""),
            c => c["channel"] = "tools"
        );

        Names(listed).ShouldBe(["list_targets", "call_target"]);
        HarpoonScene.Read(called)["body"]!.GetValue<string>().ShouldBe("pong");
        JsonNode.Parse(audience.Json!)!["error"]!["code"]!.GetValue<int>().ShouldBe(-32602);
    }

    [Fact] // OAuth discovery command
    public async Task Discovery_OfARouteWithoutTokens_IsAnswered404()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);
        scene.Plane.Enqueue(type: "oauth_discovery", change: c => c["channel"] = "harpoon");

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Type.ShouldBe("oauth_discovery_response");
        answer.Code.ShouldBe(404);
        answer.Json.ShouldBeNull();
    }

    [Theory]
    [InlineData("tools/none", "{}", -32601)]
    [InlineData("tools/call", "{\"name\":\"echo\",\"arguments\":{}}", -32602)]
    public async Task Request_ThatIsNone_HasItsCode(string method, string parameters, int code)
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);

        var answer = await scene.SendAsync(HarpoonScene.Message(method, parameters));

        answer.Code.ShouldBe(200);
        JsonNode.Parse(answer.Json!)!["error"]!["code"]!.GetValue<int>().ShouldBe(code);
    }

    [Theory] // response timeout: an expired command is dropped
    [InlineData("0s")]
    [InlineData("0ms")]
    public async Task Deadline_AlreadyOver_IsNotServedAndNotAnswered(string timeout)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);
        scene.Enqueue(
            HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""),
            c => c["response_timeout"] = timeout
        );

        await Eventually.UntilAsync(
            () => scene.Scene.Log.Text.Contains("the deadline of command req-1 passed", StringComparison.Ordinal),
            Token
        );

        (await scene.SendAsync(HarpoonScene.Message("ping", "{}"))).RequestId.ShouldBe("req-2");
        scene.Plane.HasAnswer.ShouldBeFalse();
        server.Connections.ShouldBe(0);
    }

    [Fact] // the deadline ends the outbound request, nothing is answered late, and the channel keeps serving
    public async Task Deadline_DuringACall_FreesTheTargetAndIsNeverAnswered()
    {
        await using var server = HarpoonScene.Silent(new(), null);
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);
        scene.Enqueue(
            HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""),
            c => c["response_timeout"] = "300ms"
        );

        await Eventually.UntilAsync(
            () => scene.Scene.Log.Text.Contains("the deadline of command req-1 passed", StringComparison.Ordinal),
            Token
        );

        (await scene.SendAsync(HarpoonScene.Message("ping", "{}"))).RequestId.ShouldBe("req-2");
        await Eventually.UntilAsync(() => scene.Scene.Agent.Status.Single().UnderWay == 0, Token);
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    [Fact] // response timeout omitted: no deadline; the call ends with the connection's time, and the product learns it
    public async Task Call_LongerThanACallMayTake_IsAnsweredByATimeoutAndFreesTheTarget()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = HarpoonScene.Silent(asked, left);
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port)],
            s => s with { MaxCallTime = TimeSpan.FromMilliseconds(300) }
        );

        var answer = await scene.SendAsync(HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""));

        answer.Code.ShouldBe(504);
        answer.Failure.GetProperty("source").GetString().ShouldBe("timeout");
        if (asked.Task.IsCompleted)
        {
            await left.Task.WaitAsync(Token);
        }
    }

    [Fact]
    public async Task Answer_LongerThanMayBeSent_SaysSo()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer(new string('x', 1000)));
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(server.Port) with { MaxResponseBytes = 1000 }],
            s => s with { MaxAnswerBytes = 1000 }
        );

        var answer = await scene.SendAsync(HarpoonScene.Use("call_target", """{"label":"tickets","method":"GET"}"""));

        answer.Code.ShouldBe(502);
        answer.Failure.GetProperty("transport_error_kind").GetString().ShouldBe("response_body_too_large");
    }

    private static async Task<ReceivedAnswer> SendModernAsync(HarpoonScene scene, string method, JsonObject parameters)
    {
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = HarpoonScene.Modern,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        };
        return await scene.SendAsync(
            HarpoonScene.Message(method, parameters.ToJsonString()),
            c =>
            {
                c["headers"]!["MCP-Protocol-Version"] = new JsonArray(HarpoonScene.Modern);
                c["headers"]!["Mcp-Method"] = new JsonArray(method);
                if (parameters["name"] is { } name)
                {
                    c["headers"]!["Mcp-Name"] = new JsonArray(name.GetValue<string>());
                }
            }
        );
    }

    private static IEnumerable<string> Names(ReceivedAnswer listed) =>
        JsonNode.Parse(listed.Json!)!["result"]!["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>());
}
