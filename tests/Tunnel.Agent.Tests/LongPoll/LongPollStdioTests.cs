using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>Commands for a program that the agent runs.</summary>
public sealed class LongPollStdioTests
{
    [Fact] // stdio command: initialize, initialized, tools/call with progress before the result
    public async Task Call_Program_ProgressThenResult()
    {
        await using var scene = await StartAsync();
        var session = await InitializeAsync(scene);
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"progress","arguments":{},"_meta":{"progressToken":"t"}}}""",
            change: c => SetSession(c, session)
        );

        var answers = new List<ReceivedAnswer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await scene.Plane.NextAnswerAsync());
        }

        answers
            .Select(a => a.Type)
            .ShouldBe(["jsonrpc_notify", "jsonrpc_notify", "jsonrpc_notify", "jsonrpc_response"]);
        answers
            .Take(3)
            .Select(a => JsonNode.Parse(a.Json!)!["params"]!["progress"]!.GetValue<int>())
            .ShouldBe([1, 2, 3]);
        answers[3].Json!.ShouldContain("done");
    }

    [Fact] // the deadline keeps serving: the late reply is discarded, the next call is fine
    public async Task Call_PastItsDeadline_LateReplyIsDiscardedAndTheProgramGoesOn()
    {
        await using var scene = await StartAsync();
        var session = await InitializeAsync(scene);
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"hold","arguments":{}}}""",
            change: c =>
            {
                SetSession(c, session);
                c["response_timeout"] = "500ms";
            }
        );
        await Eventually.UntilAsync(
            () => scene.Log.Text.Contains("the deadline of command", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var release = scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"release","arguments":{}}}""",
            change: c => SetSession(c, session)
        );

        var answer = await scene.Plane.NextAnswerAsync();
        answer.RequestId.ShouldBe(release);
        answer.Json!.ShouldContain("released");
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    [Fact] // a session has a program of its own here: its end does not concern other sessions
    public async Task SessionTermination_EndsThatSessionAlone()
    {
        await using var scene = await StartAsync();
        var (first, second) = (await InitializeAsync(scene), await InitializeAsync(scene));
        scene.Plane.Enqueue(type: "session_termination", change: c => SetSession(c, first));

        var ended = await scene.Plane.NextAnswerAsync();
        ended.Type.ShouldBe("session_termination_response");
        ended.Code.ShouldBeInRange(200, 204);

        scene.Plane.Enqueue(Echo, change: c => SetSession(c, second));
        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(200);
        scene.Plane.Enqueue(Echo, change: c => SetSession(c, first));
        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(404);
    }

    private const string Echo =
        """{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}""";

    private static async Task<LongPollScene> StartAsync()
    {
        var scene = new LongPollScene();
        scene.Tunnel.Add(
            "docs",
            new StdioUpstream(
                StdioFixture.Settings(),
                scene.Tunnel.Metrics,
                TimeProvider.System,
                scene.Log.CreateLogger<StdioUpstream>()
            )
        );
        await scene.Tunnel.StartAsync();
        scene.StartAgent(s => s with { Channels = [new LongPollChannel("main", "docs", true)] });
        return scene;
    }

    private static async Task<string> InitializeAsync(LongPollScene scene)
    {
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"""
        );
        var session = (await scene.Plane.NextAnswerAsync()).Header("Mcp-Session-Id").ShouldNotBeNull();
        scene.Plane.Enqueue(
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            change: c => SetSession(c, session)
        );
        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("notify_ack");
        return session;
    }

    private static void SetSession(JsonObject command, string session) =>
        command["headers"] = new JsonObject
        {
            ["Mcp-Session-Id"] = new JsonArray(session),
            ["MCP-Protocol-Version"] = new JsonArray("2025-11-25"),
        };
}
