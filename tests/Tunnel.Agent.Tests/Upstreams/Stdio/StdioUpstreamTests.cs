using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>A program behind the tunnel, in both eras, well-behaved and not.</summary>
public sealed class StdioUpstreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StdioSettings Shared => StdioFixture.Settings() with { Sharing = ChildSharing.Shared };

    [Fact]
    public async Task Legacy_EachSession_HasAProgramOfItsOwn()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        var (first, second) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());

        first.ShouldNotBe(second);
        var pid = await fixture.ToolAsync(first, "pid");
        (await fixture.ToolAsync(first, "pid")).ShouldBe(pid);
        (await fixture.ToolAsync(second, "pid")).ShouldNotBe(pid);
        fixture.Upstream.Children.ShouldBe(2);
    }

    [Fact]
    public async Task Call_JsonIsKept_IdsAndBlanksIncluded()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(
            "{\r\n \"id\" : \"an id \\u00e9\",\n\"jsonrpc\":\"2.0\", \"method\":\"tools/call\",\n\"params\":{\"name\":\"echo\",\"arguments\":{\"text\":\"a\\nb \\ud83d\\ude00 ü\"}}}",
            session
        );

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var message = (await StdioFixture.MessagesAsync(response)).Single();
        message["id"]!.GetValue<string>().ShouldBe("an id é");
        message["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("a\nb 😀 ü");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_Progress_ComesUnderTheClientsToken(bool isShared)
    {
        await using var fixture = await StdioFixture.StartAsync(isShared ? Shared : StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(
            fixture.Call("progress", meta: """{"progressToken":"my token"}"""),
            session
        );

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var messages = await StdioFixture.MessagesAsync(response);
        messages
            .SkipLast(1)
            .Select(m => (m["params"]!["progressToken"]!.GetValue<string>(), m["params"]!["progress"]!.GetValue<int>()))
            .ShouldBe([("my token", 1), ("my token", 2), ("my token", 3)]);
        StdioFixture.TextOf(messages).ShouldBe("done");
    }

    [Fact]
    public async Task Shared_ManyClientsWithEqualIds_GetTheirOwnAnswers()
    {
        await using var fixture = await StdioFixture.StartAsync(Shared);
        var sessions = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            sessions.Add(await fixture.InitializeAsync());
        }

        fixture.Upstream.Children.ShouldBe(1);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            Token,
            async (i, token) =>
            {
                using var response = await fixture.SendAsync(
                    $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"{{{{i}}}}"}}}""",
                    sessions[i % sessions.Count]
                );
                StdioFixture.TextOf(await StdioFixture.MessagesAsync(response)).ShouldBe($"{i}");
            }
        );
    }

    [Fact]
    public async Task Legacy_ServerAsksTheClient_AnswerReachesTheProgram()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(fixture.Call("ask"), session);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        (await ReadEventAsync(reader))["id"]!.GetValue<string>().ShouldBe("question-1");
        using var accepted = await fixture.SendAsync(
            """{"jsonrpc":"2.0","id":"question-1","result":{"answer":"forty-two"}}""",
            session
        );

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        accepted.Content.Headers.ContentType.ShouldBeNull();
        (await ReadEventAsync(reader))["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("forty-two");
    }

    [Fact]
    public async Task Legacy_GetStream_CarriesWhatBelongsToNoCall()
    {
        await using var fixture = await StdioFixture.StartAsync(Shared);
        var (caller, listener) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());
        using var stream = await ListenAsync(fixture, listener);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Token));

        await fixture.ToolAsync(caller, "log");

        // A log line of a shared program belongs to one caller, and the agent cannot know which.
        (await ReadEventAsync(reader))["method"]!
            .GetValue<string>()
            .ShouldBe("notifications/tools/list_changed");
    }

    [Fact]
    public async Task Legacy_SecondGetStream_TakesOverFromTheFirst()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var first = await ListenAsync(fixture, session);

        using var second = await ListenAsync(fixture, session);

        (await first.Content.ReadAsStringAsync(Token)).ShouldBe("");
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Legacy_Delete_EndsSessionAndProgram()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        var pid = int.Parse(await fixture.ToolAsync(session, "pid"), System.Globalization.CultureInfo.InvariantCulture);

        using var deleted = await SendAsync(fixture, HttpMethod.Delete, session);
        using var after = await fixture.SendAsync(fixture.Call("pid"), session);

        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(after).ShouldBe("agent.session_unknown");
        StdioFixture.IsAlive(pid).ShouldBeFalse();
        await StdioFixture.UntilAsync(() => fixture.Upstream.Children == 0);
    }

    [Fact]
    public async Task Legacy_IdleSession_Ends()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var session = await fixture.InitializeAsync();
        await fixture.ToolAsync(session, "pid");

        await StdioFixture.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return fixture.Upstream.Sessions == 0;
        });

        using var after = await fixture.SendAsync(fixture.Call("pid"), session);
        StdioFixture.Reason(after).ShouldBe("agent.session_unknown");
        await StdioFixture.UntilAsync(() => fixture.Upstream.Children == 0);
    }

    [Fact]
    public async Task Shared_TooManySessions_AreRefused()
    {
        await using var fixture = await StdioFixture.StartAsync(Shared with { MaxSessions = 1 });
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(fixture.Request("initialize"));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(response).ShouldBe("upstream.busy");
        (await fixture.ToolAsync(session, "echo", """{"text":"fine"}""")).ShouldBe("fine");
    }

    [Fact] // clients that never send DELETE are the rule: the session that has been idle longest makes room
    public async Task Legacy_ManyShortSessions_AllSucceedAndTheLongestIdleEnds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                MaxChildren = 2,
            },
            time: time
        );
        var sessions = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            sessions.Add(await fixture.InitializeAsync());
            (await fixture.ToolAsync(sessions[^1], "echo", """{"text":"fine"}""")).ShouldBe("fine");

            // The agent reads this when it has done with the request before it, so that its end is not stamped later.
            using var none = await fixture.SendAsync(fixture.Call("echo"), "unknown");
            none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        fixture.Upstream.Sessions.ShouldBe(2);
        (await fixture.ToolAsync(sessions[^2], "echo", """{"text":"kept"}""")).ShouldBe("kept");
        using var over = await fixture.SendAsync(fixture.Call("echo"), sessions[0]);
        over.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(over).ShouldBe("agent.session_unknown");
    }

    [Fact]
    public async Task Legacy_TooManyBusySessions_AreRefused()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings() with { MaxChildren = 1 });
        var session = await fixture.InitializeAsync();
        using var listening = await SendAsync(fixture, HttpMethod.Get, session);

        using var response = await fixture.SendAsync(fixture.Request("initialize"));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(response).ShouldBe("upstream.children_busy");
        response.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("POST", "/other", null, null, 404, "agent.path_unknown")]
    [InlineData("PUT", "/mcp", null, null, 405, "agent.method_not_allowed")]
    [InlineData("GET", "/mcp", null, "2026-07-28", 405, "agent.method_not_allowed")]
    [InlineData("DELETE", "/mcp", null, "2026-07-28", 405, "agent.method_not_allowed")]
    [InlineData("GET", "/mcp", null, null, 400, "agent.session_missing")]
    [InlineData("POST", "/mcp", null, null, 400, "agent.session_missing")]
    [InlineData("GET", "/mcp", "nobody's", null, 404, "agent.session_unknown")]
    [InlineData("POST", "/mcp", "nobody's", null, 404, "agent.session_unknown")]
    [InlineData("POST", "/mcp", null, "latest", 400, "agent.version_unreadable")]
    public async Task Refusal_HasItsStatusAndCode(
        string method,
        string path,
        string? session,
        string? version,
        int status,
        string reason
    )
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await SendAsync(fixture, new HttpMethod(method), session, path, version);

        ((int)response.StatusCode).ShouldBe(status);
        StdioFixture.Reason(response).ShouldBe(reason);
        fixture.Upstream.Children.ShouldBe(0);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"}{}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}""")]
    public async Task Post_WhatIsNoMessage_Is400(string body)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendAsync(body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(response).ShouldBe("agent.message_unreadable");
    }

    [Fact]
    public async Task Post_TooLarge_Is413()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendAsync(
            fixture.Call("echo", $$"""{"text":"{{new string('x', 1 << 20)}}"}""")
        );

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        StdioFixture.Reason(response).ShouldBe("agent.request_too_large");
    }

    [Fact]
    public async Task Post_NothingAcceptable_Is406()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendAsync(
            fixture.Request("initialize"),
            change: r =>
            {
                r.Headers.Remove("Accept");
                r.Headers.TryAddWithoutValidation("Accept", "text/html");
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        StdioFixture.Reason(response).ShouldBe("agent.not_acceptable");
    }

    [Fact]
    public async Task Modern_NeedsNoSession()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        var pid = await fixture.ModernToolAsync("pid");

        (await fixture.ModernToolAsync("pid")).ShouldBe(pid);
        fixture.Upstream.Children.ShouldBe(1);
        fixture.Upstream.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task Modern_UnknownMethod_Is404WithTheProgramsOwnBody()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(fixture.ModernRequest("no/such"), "no/such");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(-32601);
        StdioFixture.Reason(response).ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-07-28", "tools/list", "echo")]
    [InlineData("2026-07-28", "tools/call", "other")]
    [InlineData("2026-07-28", "tools/call", null)]
    [InlineData("2026-07-28", null, "echo")]
    [InlineData("2027-01-01", "tools/call", "echo")]
    [InlineData(null, "tools/call", "echo")]
    public async Task Modern_HeadersThatDifferFromTheBody_Are400(string? version, string? method, string? name)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendAsync(
            fixture.ModernCall("echo"),
            change: r =>
            {
                r.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version is null ? [] : [version]);
                r.Headers.TryAddWithoutValidation("Mcp-Method", method is null ? [] : [method]);
                r.Headers.TryAddWithoutValidation("Mcp-Name", name is null ? [] : [name]);
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(response).ShouldBe("agent.headers_contradict");
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(-32020);
        body["id"].ShouldNotBeNull();
        fixture.Tunnel.Metrics.Recent.Calls.Select(c => c.Reason).ShouldBe(["agent.headers_contradict"]);
        fixture.Upstream.Children.ShouldBe(0);
    }

    [Theory] // M2, in the order in which the protocol's own server looks
    [InlineData("2026-07-28", null, -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", "[]", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"C":{}}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":1,"C":{}}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28","C":[]}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"2026-07-28","C":{},"I":"me"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2025-11-25", """{"V":"v999.0.0"}""", -32602, "agent.envelope_invalid")]
    [InlineData("2026-07-28", """{"V":"v999.0.0","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData("2025-11-25", """{"V":"2026-07-28","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData(null, """{"V":"v999.0.0","C":{}}""", -32020, "agent.headers_contradict")]
    [InlineData("v999.0.0", """{"V":"v999.0.0","C":{}}""", -32022, "agent.version_unsupported")]
    [InlineData("2027-01-01", """{"V":"2027-01-01","C":{}}""", -32022, "agent.version_unsupported")]
    [InlineData("2025-11-25", """{"V":"2025-11-25","C":{}}""", -32022, "agent.version_unsupported")]
    public async Task Modern_RequestThatDescribesItselfBadly_Is400(
        string? version,
        string? meta,
        int code,
        string reason
    )
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var parameters = meta is null
            ? "{}"
            : "{\"_meta\":"
                + meta.Replace("\"V\"", "\"io.modelcontextprotocol/protocolVersion\"", StringComparison.Ordinal)
                    .Replace("\"C\"", "\"io.modelcontextprotocol/clientCapabilities\"", StringComparison.Ordinal)
                    .Replace("\"I\"", "\"io.modelcontextprotocol/clientInfo\"", StringComparison.Ordinal)
                + "}";

        using var response = await fixture.SendAsync(
            fixture.Request("server/discover", parameters),
            change: r =>
            {
                r.Headers.TryAddWithoutValidation("MCP-Protocol-Version", version is null ? [] : [version]);
                r.Headers.Add("Mcp-Method", "server/discover");
            }
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        StdioFixture.Reason(response).ShouldBe(reason);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        body["error"]!["code"]!.GetValue<int>().ShouldBe(code);
        body["id"]!.GetValue<int>().ShouldBe(1);
        if (code == -32022)
        {
            body["error"]!["data"]!["supported"]!.ToJsonString().ShouldBe("""["2026-07-28"]""");
            body["error"]!["data"]!["requested"]!.GetValue<string>().ShouldBe(version);
        }
    }

    [Fact]
    public async Task Modern_Initialize_IsAMethodThatTheServerDoesNotKnow()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var described = await fixture.SendModernAsync(fixture.ModernRequest("initialize"), "initialize");
        using var handshake = await fixture.SendModernAsync(fixture.Request("initialize"), "initialize");

        described.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(handshake).ShouldBe("agent.headers_contradict");
    }

    [Fact] // what a client of both eras needs in order to begin with initialize
    public async Task Modern_ProgramOfTheOlderEra_RefusesAllButItsOwnAnswerToDiscover()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("legacy"));

        using var discover = await fixture.SendModernAsync(fixture.ModernRequest("server/discover"), "server/discover");
        using var list = await fixture.SendModernAsync(fixture.ModernRequest("tools/list"), "tools/list");

        discover.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(discover).ShouldBeNull();
        list.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = JsonNode.Parse(await list.Content.ReadAsStringAsync(Token))!["error"]!;
        error["code"]!.GetValue<int>().ShouldBe(-32022);
        error["data"]!["supported"]!.ToJsonString().ShouldBe("""["2025-11-25"]""");
        fixture.Upstream.Children.ShouldBe(1);
        await fixture.InitializeAsync();
    }

    [Fact] // a program sees no header: it would take it for an older client's
    public async Task Modern_NotificationWithoutVersion_IsAcceptedAndReachesNoProgram()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(
            """{"jsonrpc":"2.0","method":"notifications/mine"}""",
            "notifications/mine"
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        fixture.Upstream.Children.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Modern_ManyClientsWithEqualIdsAndTokens_ShareAProgramAndGetTheirOwn(bool isShared)
    {
        await using var fixture = await StdioFixture.StartAsync(isShared ? Shared : StdioFixture.Settings());

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 50),
            Token,
            async (i, token) =>
            {
                var tool = i % 2 == 0 ? "echo" : "progress";
                using var response = await fixture.SendModernAsync(
                    $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{"text":"{{i}}"},"_meta":{ {{StdioFixture.ModernMeta}},"progressToken":1} } }""",
                    name: tool,
                    cancellationToken: token
                );
                var messages = await StdioFixture.MessagesAsync(response);
                StdioFixture.TextOf(messages).ShouldBe(tool == "echo" ? $"{i}" : "done");
                messages
                    .SkipLast(1)
                    .Select(m => m["params"]!["progressToken"]!.GetValue<int>())
                    .ShouldBe(tool == "echo" ? [] : [1, 1, 1]);
            }
        );

        fixture.Upstream.Children.ShouldBe(1);
    }

    [Fact]
    public async Task Modern_IdleProgram_EndsAndTheNextRequestStartsAnother()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var pid = await fixture.ModernToolAsync("pid");

        await StdioFixture.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return fixture.Upstream.Children == 0;
        });

        (await fixture.ModernToolAsync("pid")).ShouldNotBe(pid);
    }

    [Theory] // M4: it belongs to the request's own stream, and does not name it
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Modern_LogLine_GoesWithTheOnlyCallOfItsPrincipal(bool isShared, int lines)
    {
        await using var fixture = await StdioFixture.StartAsync(isShared ? Shared : StdioFixture.Settings());

        using var response = await fixture.SendModernAsync(fixture.ModernCall("log"), name: "log");

        var messages = await StdioFixture.MessagesAsync(response);
        messages.Count(m => m["method"]?.GetValue<string>() == "notifications/message").ShouldBe(lines);
        StdioFixture.TextOf(messages).ShouldBe("logged");
    }

    [Fact]
    public async Task Modern_ProgramNeverSpeaks_TimesOut()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings("silent"), time: time);
        var call = fixture.SendModernAsync(fixture.ModernCall("pid"), name: "pid");
        await StdioFixture.UntilAsync(() => fixture.Upstream.Children == 1);
        await StdioFixture.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return call.IsCompleted;
        });

        using var response = await call;

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        StdioFixture.Reason(response).ShouldBe("upstream.headers_timeout");
    }

    [Fact]
    public async Task Modern_ClientLeaves_CancelsAndTheLateAnswerIsNobodys()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = fixture.SendModernAsync(fixture.ModernCall("hold"), name: "hold", cancellationToken: leaving.Token);
        await UntilAsync(async () => await fixture.ModernToolAsync("held") == "[\"\"]");

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        await UntilAsync(async () => await fixture.ModernToolAsync("cancelled") != "[]");
        (await fixture.ModernToolAsync("release")).ShouldBe("released");
        (await fixture.ModernToolAsync("echo", """{"text":"next"}""")).ShouldBe("next");
    }

    [Fact]
    public async Task Legacy_ClientLeaves_IsNoCancellation()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = fixture.SendAsync(fixture.Call("hold"), session, cancellationToken: leaving.Token);
        await UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]");

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        (await fixture.ToolAsync(session, "release")).ShouldBe("released");
        (await fixture.ToolAsync(session, "cancelled")).ShouldBe("[]");
    }

    [Fact]
    public async Task Shared_ClientLeaves_KeepsNobodysPlace()
    {
        await using var fixture = await StdioFixture.StartAsync(Shared);
        var session = await fixture.InitializeAsync();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = fixture.SendAsync(fixture.Call("hold"), session, cancellationToken: leaving.Token);
        await UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]");

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        await UntilAsync(async () => await fixture.ToolAsync(session, "cancelled") != "[]");
    }

    [Fact]
    public async Task Legacy_ExplicitCancel_ReachesTheProgramUnderItsOwnId()
    {
        await using var fixture = await StdioFixture.StartAsync(Shared);
        var (session, other) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());
        var call = fixture.SendAsync(
            """{"jsonrpc":"2.0","id":"mine","method":"tools/call","params":{"name":"hold"}}""",
            session
        );
        await UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]");
        const string Cancel = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"mine"}}""";

        using var foreign = await fixture.SendAsync(Cancel, other);
        (await fixture.ToolAsync(session, "cancelled")).ShouldBe("[]");
        using var own = await fixture.SendAsync(Cancel, session);

        using var response = await call;
        (await StdioFixture.MessagesAsync(response)).Single()["error"]!["code"]!.GetValue<int>().ShouldBe(-32800);
        (await fixture.ToolAsync(session, "cancelled")).ShouldNotBe("[]");
        (await fixture.ToolAsync(session, "release")).ShouldBe("released");
    }

    [Fact]
    public async Task Modern_Subscription_EndsWhenTheServerSaysSo()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        const string Listen =
            $$"""{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":{"_meta":{ {{StdioFixture.ModernMeta}} },"notifications":{} } }""";
        using var stream = await fixture.SendModernAsync(Listen, "subscriptions/listen");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Token));
        var acknowledged = await ReadEventAsync(reader);
        acknowledged["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.GetValue<string>().ShouldBe("sub");

        await fixture.ModernToolAsync("hush");

        (await reader.ReadToEndAsync(Token)).Trim().ShouldBe("");
    }

    [Theory]
    [InlineData("die", "upstream.child_exited")]
    [InlineData("half", "upstream.child_exited")]
    [InlineData("huge", "upstream.child_overrun")]
    [InlineData("noise", "upstream.child_bad_output")]
    public async Task Child_FailsMidCall_FailsThatCallAndItsSessionAlone(string tool, string reason)
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var (session, other) = (await fixture.InitializeAsync(), await fixture.InitializeAsync());

        using var response = await fixture.SendAsync(fixture.Call(tool), session);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        StdioFixture.Reason(response).ShouldBe(reason);
        using var after = await fixture.SendAsync(fixture.Call("pid"), session);
        StdioFixture.Reason(after).ShouldBe("agent.session_unknown");
        (await fixture.ToolAsync(other, "echo", """{"text":"fine"}""")).ShouldBe("fine");
    }

    [Fact]
    public async Task Child_FailsBehindAnEvent_EndsTheStreamWithTheReason()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var response = await fixture.SendAsync(fixture.Call("ask"), session);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await ReadEventAsync(reader);

        using var killing = await fixture.SendAsync(fixture.Call("die"), session);

        var error = (await ReadEventAsync(reader))["error"]!;
        error["data"]!["error_code"]!.GetValue<string>().ShouldBe("upstream.child_exited");
        error["data"]!["failed_hop"]!.GetValue<string>().ShouldBe("upstream");
    }

    [Fact]
    public async Task Child_WritesGarbage_IsReadPastIt()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();

        (await fixture.ToolAsync(session, "garbage")).ShouldBe("after the garbage");
    }

    [Fact]
    public async Task Child_Floods_NothingIsLostForItsOwnClient()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                MaxMessageBytes = 64 << 10,
            }
        );
        var session = await fixture.InitializeAsync();

        using var response = await fixture.SendAsync(fixture.Call("flood", meta: """{"progressToken":7}"""), session);

        var messages = await StdioFixture.MessagesAsync(response);
        messages.Count.ShouldBe(2001);
        messages[1999]["params"]!["progress"]!.GetValue<int>().ShouldBe(1999);
        StdioFixture.TextOf(messages).ShouldBe("dry");
    }

    [Fact]
    public async Task Shared_ProgramDies_IsStartedAgainAfterTheBackoff()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(Shared, time: time);
        var session = await fixture.InitializeAsync();
        using var dying = await fixture.SendAsync(fixture.Call("die"), session);
        StdioFixture.Reason(dying).ShouldBe("upstream.child_exited");

        using var early = await fixture.SendAsync(fixture.Call("pid"), session);
        early.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(early).ShouldBe("upstream.child_restarting");
        time.Advance(TimeSpan.FromSeconds(1));

        (await fixture.ToolAsync(session, "echo", """{"text":"again"}""")).ShouldBe("again");
    }

    [Fact]
    public async Task Shared_NeverRestarted_StaysFailed()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(Shared with { RestartsOnFailure = false }, time: time);
        var session = await fixture.InitializeAsync();
        using var dying = await fixture.SendAsync(fixture.Call("die"), session);
        time.Advance(TimeSpan.FromMinutes(5));

        using var response = await fixture.SendAsync(fixture.Call("pid"), session);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(response).ShouldBe("upstream.child_failed");
    }

    [Theory]
    [InlineData("crash", 502, "upstream.child_exited")]
    [InlineData("", 502, "upstream.child_not_started")]
    public async Task Child_CannotStart_IsSaid(string mode, int status, string reason)
    {
        var settings = StdioFixture.Settings("crash");
        await using var fixture = await StdioFixture.StartAsync(
            mode.Length > 0 ? settings : settings with { Command = ["no-such-program"] }
        );

        using var response = await fixture.SendAsync(fixture.Request("initialize"));

        ((int)response.StatusCode).ShouldBe(status);
        StdioFixture.Reason(response).ShouldBe(reason);
        response.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
        fixture.Upstream.Sessions.ShouldBe(0);
    }

    [Fact]
    public async Task Child_NeverAnswers_TimesOutAndOthersGoOn()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var session = await fixture.InitializeAsync();
        var call = fixture.SendAsync(fixture.Call("hold"), session);
        await UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]");

        await StdioFixture.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return call.IsCompleted;
        });

        using var response = await call;
        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        StdioFixture.Reason(response).ShouldBe("upstream.headers_timeout");
        (await fixture.ToolAsync(session, "release")).ShouldBe("released");
        (await fixture.ToolAsync(session, "cancelled")).ShouldNotBe("[]");
    }

    [Fact]
    public async Task Child_SilentForLong_TurnsTheAnswerIntoAnEventStream()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                SseKeepAlive = TimeSpan.FromSeconds(25),
            },
            time: time
        );
        var session = await fixture.InitializeAsync();
        var call = fixture.SendAsync(fixture.Call("hold"), session);
        await StdioFixture.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return call.IsCompleted;
        });
        using var response = await call;
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");

        await fixture.ToolAsync(session, "release");

        var body = await response.Content.ReadAsStringAsync(Token);
        body.ShouldStartWith("id: 1-0\ndata:\n\n: keep-alive\n\n");
        body.ShouldContain("\"late\"");
    }

    [Fact]
    public async Task Child_DoesNotRead_IsRefusedNotWaitedFor()
    {
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings() with
            {
                MaxMessageBytes = 256 << 10,
            }
        );
        var session = await fixture.InitializeAsync();
        await fixture.ToolAsync(session, "deaf");
        var big = new string('x', 200 << 10);

        HttpResponseMessage? refused = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var calls = new List<Task>();
        for (var i = 0; i < 20 && refused is null; i++)
        {
            var call = fixture.SendAsync(
                fixture.Call("echo", $$"""{"text":"{{big}}"}"""),
                session,
                cancellationToken: stop.Token
            );
            calls.Add(call);
            if (
                await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token)) == call
            )
            {
                refused = await call;
            }
        }

        refused.ShouldNotBeNull().StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        StdioFixture.Reason(refused).ShouldBe("upstream.child_not_reading");
        await stop.CancelAsync();
        refused.Dispose();
    }

    [Fact]
    public async Task Child_SeesItsOwnEnvironmentAlone()
    {
        const string Secret = "CULVERT_TEST_STDIO_SECRET";
        Environment.SetEnvironmentVariable(Secret, "s3cret value");
        var loggers = new LogLines();
        await using var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings("$(id)", ";", "*") with
            {
                WorkingDirectory = "/tmp",
                Environment =
                [
                    new("API_KEY", StdioFixture.Value("env:" + Secret)),
                    new("PLAIN", StdioFixture.Value("$HOME")),
                ],
            },
            loggers: loggers
        );
        var session = await fixture.InitializeAsync();

        var environment = JsonNode.Parse(await fixture.ToolAsync(session, "env"))!.AsObject();
        var where = JsonNode.Parse(await fixture.ToolAsync(session, "where"))!;
        await fixture.ToolAsync(session, "leak");

        environment["API_KEY"]!.GetValue<string>().ShouldBe("s3cret value");
        environment["PLAIN"]!.GetValue<string>().ShouldBe("$HOME");
        environment.Select(e => e.Key).Order().ShouldBe(["API_KEY", "PATH", "PLAIN"]);
        where["folder"]!.GetValue<string>().ShouldBe("/tmp");
        where["argv"]!.AsArray().Select(a => a!.GetValue<string>()).ShouldBe(["$(id)", ";", "*"]);
        await StdioFixture.UntilAsync(() => loggers.Text.Contains("the key is ***", StringComparison.Ordinal));
        loggers.Text.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Stop_StubbornProgramAndItsChildren_AreKilled()
    {
        var fixture = await StdioFixture.StartAsync(
            StdioFixture.Settings("stubborn") with
            {
                Stop = TimeSpan.FromMilliseconds(200),
            }
        );
        var session = await fixture.InitializeAsync();
        var pids = new[] { await fixture.ToolAsync(session, "pid"), await fixture.ToolAsync(session, "family") }
            .Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        pids.ShouldAllBe(p => StdioFixture.IsAlive(p));

        await fixture.DisposeAsync();

        await StdioFixture.UntilAsync(() => !pids.Any(StdioFixture.IsAlive));
    }

    [Fact]
    public async Task P8_SessionOfAnotherPrincipal_Is404()
    {
        await using var oauth = new OauthFixture();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), oauth.Access());
        var (alice, bob) = (oauth.Token(c => c["sub"] = "alice"), oauth.Token(c => c["sub"] = "bob"));
        var session = await fixture.InitializeAsync(alice);

        using var theft = await fixture.SendAsync(fixture.Call("pid"), session, bob);
        using var bare = await fixture.SendAsync(fixture.Call("pid"), session[..session.LastIndexOf('.')], alice);
        using var own = await fixture.SendAsync(fixture.Call("pid"), session, alice);

        bare.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        theft.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        StdioFixture.Reason(theft).ShouldBe("agent.session_unknown");
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task P8_ModernPrincipals_HaveAProgramEach()
    {
        await using var oauth = new OauthFixture();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), oauth.Access());

        foreach (var subject in new[] { "alice", "bob", "alice" })
        {
            using var response = await fixture.SendAsync(
                fixture.ModernCall("pid"),
                token: oauth.Token(c => c["sub"] = subject),
                change: r =>
                {
                    r.Headers.Add("MCP-Protocol-Version", StdioFixture.Modern);
                    r.Headers.Add("Mcp-Method", "tools/call");
                    r.Headers.Add("Mcp-Name", "pid");
                }
            );
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        fixture.Upstream.Children.ShouldBe(2);
    }

    private static Task<HttpResponseMessage> ListenAsync(StdioFixture fixture, string session) =>
        SendAsync(fixture, HttpMethod.Get, session);

    private static Task<HttpResponseMessage> SendAsync(
        StdioFixture fixture,
        HttpMethod method,
        string? session,
        string path = "/mcp",
        string? version = null
    )
    {
        var request = new HttpRequestMessage(method, path)
        {
            Version = fixture.Client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content =
                method == HttpMethod.Post
                    ? new StringContent(fixture.Request("ping"), Encoding.UTF8, "application/json")
                    : null,
        };
        if (session is not null)
        {
            request.Headers.Add("Mcp-Session-Id", session);
        }

        if (version is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", version);
        }

        return fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private static async Task<JsonNode> ReadEventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line[6..])!;
            }
        }

        throw new EndOfStreamException();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            i.ShouldBeLessThan(6000);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }
}
