using System.Text;
using System.Text.Json;
using Culvert.Platform.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The loop that requests commands.</summary>
public sealed class LongPollPollingTests
{
    [Fact] // client metadata on every control call
    public async Task Poll_Headers_ArePresentOnEveryRequest()
    {
        await using var scene = await LongPollScene.StartAsync(change: s =>
            s with
            {
                Organization = "org-1",
                UrlPath = "/edge/v2",
                Channels = [new("main", "docs", false), new("local", "docs", true)],
            }
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        var poll = await scene.Plane.NextPollAsync();
        var answer = (await scene.Plane.NextAnswerAsync()).Request;

        poll.RequestLine.ShouldBe(
            $"GET /edge/v2/v1/tunnels/{ControlPlaneDouble.TunnelId}/poll?limit=20&timeout_ms=1000 HTTP/1.1"
        );
        answer.RequestLine.ShouldBe($"POST /edge/v2/v1/tunnels/{ControlPlaneDouble.TunnelId}/response HTTP/1.1");
        foreach (var request in new[] { poll, answer })
        {
            request.Header("Authorization").ShouldBe([$"Bearer {LongPollScene.ApiKey}"]);
            request.Header("Accept").ShouldBe(["application/json"]);
            request.Header("User-Agent").Single().ShouldStartWith("tunnel-agent/");
            request.Header("X-Tunnel-Client-Name").ShouldBe(["tunnel-agent"]);
            request.Header("X-Tunnel-Client-Version").Single().Split('.').Length.ShouldBe(3);
            request.Header("X-Tunnel-Client-Instance-Id").Single().ShouldMatch("^[0-9a-f]{32}$");
            request
                .Header("X-Tunnel-MCP-Server-Info")
                .ShouldBe(["""{"version":1,"channels":[{"name":"main"},{"name":"local","proc_affinity":true}]}"""]);
            request.Header("OpenAI-Organization").ShouldBe(["org-1"]);
        }

        answer.Header("X-Tunnel-Client-Instance-Id").ShouldBe(poll.Header("X-Tunnel-Client-Instance-Id"));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(200, 25)] // poll limit capped
    public async Task Poll_Limit_IsTheRoomUpToTheProtocolsBound(int most, int limit)
    {
        await using var scene = await LongPollScene.StartAsync(change: s => s with { MaxCommands = most });

        (await scene.Plane.NextPollAsync()).RequestLine.ShouldContain($"?limit={limit}&");
    }

    [Fact]
    public async Task Poll_NoRoom_WaitsUntilACommandEnds()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await release.Task.WaitAsync(token);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), token);
                    return true;
                }
            ),
            s => s with { MaxCommands = 2 }
        );
        scene.Plane.Enqueue(LongPollScene.Call);
        scene.Plane.Enqueue(LongPollScene.Call);
        await scene.Server.NextAsync();
        await scene.Server.NextAsync();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 2,
            TestContext.Current.CancellationToken
        );
        // The poll that had begun before there was no room may arrive late.
        await Eventually.SettlesAsync(() => scene.Plane.Polls, TestContext.Current.CancellationToken);
        var before = scene.Plane.Polls;

        release.SetResult();
        await Eventually.UntilAsync(() => scene.Plane.Polls > before, TestContext.Current.CancellationToken);
    }

    [Fact] // nothing is delivered again, so what comes beyond the limit is served too
    public async Task Poll_MoreThanRequested_IsServed()
    {
        await using var scene = new LongPollScene();
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        var commands = string.Join(',', Enumerable.Range(1, 5).Select(i => Command($"r{i}")));
        scene.Plane.ForcePoll(200, $$"""{"commands":[{{commands}}]}""");

        scene.StartAgent(s => s with { MaxCommands = 1 });

        var ids = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await scene.Plane.NextAnswerAsync()).RequestId);
        }

        ids.Count.ShouldBe(5);
    }

    [Fact] // nothing is delivered again, so no product may wait in vain
    public async Task Poll_MoreThanTheProtocolAllows_AllAreAnswered()
    {
        await using var scene = new LongPollScene();
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        var commands = string.Join(',', Enumerable.Range(1, 28).Select(i => Command($"r{i}")));
        scene.Plane.ForcePoll(200, $$"""{"commands":[{{commands}}]}""");

        scene.StartAgent();

        var codes = new Dictionary<string, int>();
        for (var i = 0; i < 28; i++)
        {
            var answer = await scene.Plane.NextAnswerAsync();
            codes.Add(answer.RequestId, answer.Code);
        }

        codes.Values.Count(c => c == 200).ShouldBe(25);
        new[] { codes["r26"], codes["r27"], codes["r28"] }.ShouldAllBe(c => c == 503);
    }

    [Theory]
    [InlineData("shell", "main", "jsonrpc_response")]
    [InlineData("session_termination", "main", "session_termination_response")]
    [InlineData("jsonrpc", "no channel", "jsonrpc_response")]
    public async Task Command_ThatCannotBeServed_IsAnsweredAndNamedInTheLog(
        string type,
        string channel,
        string answerType
    )
    {
        await using var scene = await LongPollScene.StartAsync();
        var id = scene.Plane.Enqueue(LongPollScene.Call, type, c => c["channel"] = channel);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.RequestId.ShouldBe(id);
        answer.Type.ShouldBe(answerType);
        answer.Code.ShouldBe(400);
        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain(id);
        if (answer.Json is { } json)
        {
            json.ShouldContain("agent.command_unreadable");
            json.ShouldContain("\"id\":7");
        }
    }

    [Fact] // opaque strings by the protocol
    public async Task Command_IdAndTokenBeyondAscii_GoBackAsTheyCame()
    {
        const string Id = "Anfrage-\u00c4-\u4e2d";
        const string ShardToken = "Scherbe-\u00dc-\u4e2d";
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(
            LongPollScene.Call,
            change: c =>
            {
                c["request_id"] = Id;
                c["shard_token"] = ShardToken;
            }
        );

        var answer = await scene.Plane.NextAnswerAsync();

        answer.RequestId.ShouldBe(Id);
        answer.Json.ShouldBe(LongPollScene.Result);
        var sent = answer.Request.Header("X-Tunnel-Shard-Token").Single();
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(sent)).ShouldBe(ShardToken);
    }

    [Fact]
    public async Task Poll_SameCommandTwice_RunsOnce()
    {
        await using var scene = new LongPollScene();
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        scene.Plane.ForcePoll(200, $$"""{"commands":[{{Command("r1")}},{{Command("r1")}}]}""");

        scene.StartAgent();

        await scene.Plane.NextAnswerAsync();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain("repeated");
    }

    [Fact]
    public async Task Poll_CommandThatHasEnded_DoesNotRunAgain()
    {
        await using var scene = await LongPollScene.StartAsync();
        var first = scene.Plane.Enqueue(LongPollScene.Call);
        await scene.Plane.NextAnswerAsync();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );

        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["request_id"] = first);
        var other = scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).RequestId.ShouldBe(other);
        scene.Plane.HasAnswer.ShouldBeFalse();
        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain("repeated");
    }

    [Theory]
    [InlineData(
        401,
        """{"error":{"code":"tunnel_use_forbidden"}}""",
        "Status 401 tunnel_use_forbidden, request plane-1. Check at the provider"
    )]
    [InlineData(403, """{"error":{"code":"tunnel_active_organization_required"}}""", "Set tunnels.organization")]
    [InlineData(400, """{"error":{"code":"invalid_tunnel_id_format"}}""", "Copy tunnels.tunnel_id again")]
    [InlineData(404, "<html>", "Check tunnels.base_url")]
    [InlineData(
        503,
        """{"error":{"code":"tunnel_transport_unavailable"}}""",
        "Status 503 tunnel_transport_unavailable"
    )]
    [InlineData(301, "", "Status 301")] // a redirect is not followed: the key would go with it
    [InlineData(200, "[]", "The response is not the body of a poll.")]
    public async Task Poll_Fails_IsReportedOnceAndThenRecovers(int status, string body, string problem)
    {
        await using var scene = new LongPollScene();
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        scene.Plane.ForcePoll(status, body, "Location: http://127.0.0.1:9/\r\n");
        scene.Plane.ForcePoll(status, body);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        scene.StartAgent();
        await scene.Plane.WaitForPollsAsync(2);
        scene.Plane.Gate = gate.Task;
        await Eventually.UntilAsync(() => scene.Log.Warnings.Count > 0, TestContext.Current.CancellationToken);
        scene.Agent.Status.Single().Problem.ShouldNotBeNull().ShouldContain(problem);
        gate.SetResult();

        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem is null,
            TestContext.Current.CancellationToken
        );
        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain(problem);
        scene.Agent.Status.Single().LastPoll.ShouldNotBeNull();
    }

    [Fact]
    public async Task Poll_RetryAfter_IsTheLeastWait()
    {
        var time = new FakeTimeProvider();
        await using var scene = new LongPollScene { Time = time };
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        scene.Plane.ForcePoll(429, headers: "Retry-After: 3\r\n");
        var began = time.GetUtcNow();

        scene.StartAgent();
        await scene.Plane.NextPollAsync();
        await Eventually.UntilAsync(() => scene.Log.Warnings.Count > 0, TestContext.Current.CancellationToken);
        await LongPollScene.PassAsync(time, scene.Plane.NextPollAsync());

        (time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(3));
    }

    [Fact] // the control plane of the provider's development server answers so
    public async Task Poll_EmptyList_IsNothingToDo()
    {
        await using var plane = new ControlPlaneDouble { AnswersEmptyWithList = true };
        await using var scene = await LongPollScene.StartAsync(plane: plane);

        await plane.WaitForPollsAsync(3);

        scene.Agent.Status.Single().Problem.ShouldBeNull();
        scene.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Poll_Channels_AreOnlyNamedWhenTheyAreListed()
    {
        await using var scene = await LongPollScene.StartAsync(change: s =>
            s with
            {
                Channels = [new("main", "docs", false), new("wiki", "docs", false)],
                PollChannels = ["main", "wiki"],
            }
        );

        (await scene.Plane.NextPollAsync()).RequestLine.ShouldContain("&channel=main&channel=wiki ");
    }

    [Fact]
    public async Task Poll_KeyReplaced_IsUsedWithoutRestart()
    {
        await using var scene = await LongPollScene.StartAsync();
        await scene.Plane.NextPollAsync();

        scene.WriteKey("sk-other");

        while ((await scene.Plane.NextPollAsync()).Header("Authorization").Single() != "Bearer sk-other")
        {
            // An earlier poll.
        }
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("käse")]
    public async Task Poll_KeyThatIsNone_IsNeverSentNorShown(string key)
    {
        await using var scene = new LongPollScene();
        scene.AddRoute();
        await scene.Tunnel.StartAsync();
        scene.WriteKey(key);

        scene.StartAgent();
        await Eventually.UntilAsync(() => scene.Log.Warnings.Count > 0, TestContext.Current.CancellationToken);

        scene.Agent.Status.Single().Problem.ShouldNotBeNull().ShouldContain("characters that no key");
        scene.Plane.Polls.ShouldBe(0);
        scene.Log.Text.ShouldNotContain(key);
    }

    [Fact] // startup wait delays polling until the MCP server listens: no early failure
    public async Task Start_UpstreamIsDown_NoPollBeforeItIsUp()
    {
        var isUp = false;
        await using var scene = new LongPollScene();
        scene.AddRoute();
        scene.IsUp = route => route == "docs" && Volatile.Read(ref isUp);
        await scene.Tunnel.StartAsync();
        scene.Plane.Enqueue(LongPollScene.Call);
        scene.StartAgent();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem == "The upstream of route docs has not responded yet.",
            TestContext.Current.CancellationToken
        );
        scene.Plane.Polls.ShouldBe(0);

        Volatile.Write(ref isUp, true);

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
    }

    [Fact]
    public async Task Start_UpstreamStaysDown_PollsAfterTheWait()
    {
        var time = new FakeTimeProvider();
        await using var scene = new LongPollScene { IsUp = _ => false, Time = time };
        scene.AddRoute();
        await scene.Tunnel.StartAsync();

        scene.StartAgent(s => s with { StartupWait = TimeSpan.FromMinutes(1) });

        await LongPollScene.PassAsync(time, scene.Plane.NextPollAsync());
    }

    [Fact]
    public async Task Poll_AgentMayNotServe_StopsUntilItMay()
    {
        var time = new FakeTimeProvider();
        await using var scene = await LongPollScene.StartAsync(time: time);
        await scene.Plane.NextPollAsync();

        scene.Closure = "The agent's own tunnel is paused or archived.";
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem == scene.Closure,
            TestContext.Current.CancellationToken,
            () => time.Advance(TimeSpan.FromMilliseconds(40))
        );
        var before = scene.Plane.Polls;
        scene.Plane.Enqueue(LongPollScene.Call);
        for (var check = 0; check < 5; check++)
        {
            // At rest it waits for its next check of the closure and of its calls, and for no poll.
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Eventually.UntilAsync(() => time.PendingTimers == 2, TestContext.Current.CancellationToken);
            scene.Plane.Polls.ShouldBe(before);
        }

        scene.Closure = null;

        (await LongPollScene.PassAsync(time, scene.Plane.NextAnswerAsync())).Code.ShouldBe(200);
    }

    [Fact]
    public async Task Use_OtherSettings_ReplacesOnlyWhatChanged()
    {
        await using var other = new ControlPlaneDouble();
        await using var scene = await LongPollScene.StartAsync(change: s => s with { Origin = "one" });
        await scene.Plane.NextPollAsync();
        var second = scene.Settings with
        {
            Origin = "two",
            TunnelId = "tunnel_two",
            BaseUrl = new Uri($"http://127.0.0.1:{other.Port}"),
        };

        scene.Agent.Use([scene.Settings with { Origin = "one" }, second]);
        await other.NextPollAsync();
        scene.Agent.Status.Select(s => s.TunnelId).ShouldBe([ControlPlaneDouble.TunnelId, "tunnel_two"]);
        scene.Log.Text.ShouldNotContain("stopped polling");
        scene.Agent.Use([second]);

        await Eventually.UntilAsync(
            () => scene.Log.Text.Contains("stopped polling", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        scene.Agent.Status.Single().TunnelId.ShouldBe("tunnel_two");
    }

    [Fact] // losing one control plane does not disturb the others
    public async Task Poll_OneControlPlaneIsLost_TheOtherServes()
    {
        await using var scene = await LongPollScene.StartAsync();
        var lost = new LongPollSettings
        {
            BaseUrl = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}"),
            TunnelId = "tunnel_lost",
            ApiKey = scene.Settings.ApiKey,
            Channels = scene.Settings.Channels,
            Origin = "lost",
        };
        scene.Agent.Use([scene.Settings with { Origin = "one" }, lost]);
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(200);
        await Eventually.UntilAsync(() => scene.Log.Warnings.Count > 0, TestContext.Current.CancellationToken);
        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain("tunnel_lost");
    }

    [Fact]
    public async Task Metrics_NameTheTunnelAndTheOutcome()
    {
        using var text = new Culvert.Platform.Metrics.MetricsText("Culvert.Tunnel.Agent");
        await using var scene = await LongPollScene.StartAsync();
        scene.Metrics.Watch(() => scene.Agent.Status, TimeProvider.System);
        scene.Plane.Enqueue(LongPollScene.Call);
        scene.Plane.Enqueue(type: "shell");
        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["shard_token"] = "");
        await scene.Plane.NextAnswerAsync();
        await scene.Plane.NextAnswerAsync();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0 && scene.Log.Warnings.Count == 2,
            TestContext.Current.CancellationToken
        );

        var written = text.Write();

        var tunnel = $"tunnel=\"{ControlPlaneDouble.TunnelId}\"";
        written.ShouldContain($"culvert_agent_long_poll_commands_total{{{tunnel},outcome=\"answered\"}}");
        written.ShouldContain($"culvert_agent_long_poll_dropped_total{{{tunnel},reason=\"shard_token\"}}");
        written.ShouldContain($"culvert_agent_long_poll_commands_total{{{tunnel},outcome=\"refused\"}}");
        written.ShouldContain($"culvert_agent_long_poll_polls_total{{{tunnel},result=\"commands\"}}");
        written.ShouldContain("culvert_agent_long_poll_last_success_seconds{");
        written.ShouldContain("culvert_agent_long_poll_under_way{");
    }

    [Fact] // doctor: a control plane may deliver a call to any poll
    public async Task Trial_ReadsTheTunnelAndTakesNoCall()
    {
        await using var scene = new LongPollScene();
        scene.Plane.Enqueue(LongPollScene.Call);

        var reply = await TryAsync(scene);

        var read = await scene.Plane.NextReadAsync();
        read.RequestLine.ShouldBe($"GET /v1/tunnels/{ControlPlaneDouble.TunnelId} HTTP/1.1");
        read.Header("Authorization").ShouldBe([$"Bearer {LongPollScene.ApiKey}"]);
        reply.IsSuccess.ShouldBeTrue();
        scene.Plane.Polls.ShouldBe(0);
        scene.Plane.Delivered.ShouldBe(0);
    }

    [Theory]
    [InlineData(403, """{"error":{"code":"tunnel_use_forbidden"}}""")]
    [InlineData(200, """{"id":"tunnel_of_another"}""")]
    [InlineData(200, "<html>")]
    public async Task Trial_ControlPlaneDoesNotKnowTheTunnel_IsAFailure(int status, string body)
    {
        await using var scene = new LongPollScene();
        (scene.Plane.TunnelStatus, scene.Plane.TunnelBody) = (status, body);

        (await TryAsync(scene)).IsSuccess.ShouldBeFalse();
    }

    [Fact] // outside the back-off it would be repeated at once, and without a line in the log
    public async Task Poll_ConnectionIsLost_IsNotRepeatedByTheHttpClient()
    {
        var time = new FakeTimeProvider();
        await using var scene = await LongPollScene.StartAsync(time: time);
        await scene.Plane.NextPollAsync();
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem is null,
            TestContext.Current.CancellationToken
        );
        scene.Plane.ForcePoll("");
        scene.Plane.ForcePoll("");

        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(40));
                return scene.Log.Warnings.Count > 0;
            },
            TestContext.Current.CancellationToken
        );

        scene.Log.Warnings.ShouldHaveSingleItem().ShouldContain("gets no commands");
    }

    private static Task<ControlReply> TryAsync(LongPollScene scene) =>
        LongPollTrial.RunAsync(
            scene.Settings,
            new NetworkSource(NetworkOptions.Default),
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );

    private static string Command(string id) =>
        JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["request_id"] = id,
                ["shard_token"] = "s",
                ["command_type"] = "jsonrpc",
                ["created_at"] = "2026-01-01T00:00:00Z",
                ["jsonrpc"] = JsonDocument.Parse(LongPollScene.Call).RootElement,
            }
        );
}
