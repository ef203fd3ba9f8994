using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

/// <summary>Clients of the revisions with sessions, and refusals of every revision.</summary>
public sealed class StdioUpstreamTests : StdioUpstreamTest
{
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
        await Eventually.UntilAsync(() => fixture.Upstream.Children == 0, Token);
    }

    [Fact]
    public async Task Legacy_IdleSession_Ends()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings(), time: time);
        var session = await fixture.InitializeAsync();
        await fixture.ToolAsync(session, "pid");

        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return fixture.Upstream.Sessions == 0;
            },
            Token
        );

        using var after = await fixture.SendAsync(fixture.Call("pid"), session);
        StdioFixture.Reason(after).ShouldBe("agent.session_unknown");
        await Eventually.UntilAsync(() => fixture.Upstream.Children == 0, Token);
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
    public async Task Legacy_ClientLeaves_IsNoCancellation()
    {
        await using var fixture = await StdioFixture.StartAsync(StdioFixture.Settings());
        var session = await fixture.InitializeAsync();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = fixture.SendAsync(fixture.Call("hold"), session, cancellationToken: leaving.Token);
        await Eventually.UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]", Token);

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
        await Eventually.UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]", Token);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);

        await Eventually.UntilAsync(async () => await fixture.ToolAsync(session, "cancelled") != "[]", Token);
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
        await Eventually.UntilAsync(async () => await fixture.ToolAsync(session, "held") == "[\"\"]", Token);
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

    private static Task<HttpResponseMessage> ListenAsync(StdioFixture fixture, string session) =>
        SendAsync(fixture, HttpMethod.Get, session);
}
