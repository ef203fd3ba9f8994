using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>The stage between OAuth and upstream, through inner TLS and real sockets.</summary>
public sealed class PolicyStageTests
{
    private const string Ok = """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
    private const string Tools =
        """{ "jsonrpc":"2.0","id":1, "result" : {"tools":[ {"name":"get","x":[1, 2]}, {"name":"delete"},{"name":"put"} ],"nextCursor":"n","other":{"a":1}} }""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Allowed_PassesByteForByte(int httpVersion)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "get_*")), Json(Ok));
        var call = "  " + Call("get_x", "\"id-1\"", """{"a" : [1,2 ], "é":"\u00e9"}""") + "\n";

        var (answer, body) = await fixture.PostAsync(call, httpVersion);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe(Ok);
        Encoding.UTF8.GetString((await fixture.Upstream.NextAsync()).Body).ShouldBe(call);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DeniedTool_AnswersAsForOneThatIsNotThere(int httpVersion)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "get"), Deny("d", "delete")), Json(Ok));

        var (forbidden, body) = await fixture.PostAsync(Call("delete", "\"7\""), httpVersion);
        var (absent, other) = await fixture.PostAsync(Call("nothing", "\"7\""), httpVersion);

        forbidden.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe("""{"jsonrpc":"2.0","id":"7","error":{"code":-32602,"message":"Unknown tool: delete"}}""");
        other.ShouldBe(body.Replace("delete", "nothing", StringComparison.Ordinal));
        absent.StatusCode.ShouldBe(forbidden.StatusCode);
        Names(absent).ShouldBe(Names(forbidden));
        forbidden.Headers.Contains("culvert-reason").ShouldBeFalse();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("tools/call", "name", "x", false, 200, -32602)]
    [InlineData("tools/call", "name", "x", true, 200, -32602)]
    [InlineData("prompts/get", "name", "x", false, 200, -32602)]
    [InlineData("prompts/get", "name", "x", true, 200, -32602)]
    [InlineData("resources/read", "uri", "a:x", false, 200, -32002)]
    [InlineData("resources/read", "uri", "a:x", true, 200, -32602)]
    [InlineData("resources/subscribe", "uri", "a:x", false, 200, -32002)]
    [InlineData("logging/setLevel", "level", "info", false, 200, -32601)]
    [InlineData("logging/setLevel", "level", "info", true, 404, -32601)]
    [InlineData("tasks/get", "taskId", "1", true, 404, -32601)]
    public async Task Denied_HasTheStatusAndCodeOfItsEra(
        string method,
        string key,
        string value,
        bool isModern,
        int status,
        int code
    )
    {
        await using var fixture = await StartAsync(Settings(), Json(Ok));

        var (answer, body) = await fixture.PostAsync(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"{{{key}}}":"{{{value}}}"}}""",
            change: isModern ? Modern(method, key is "name" or "uri" ? value : null) : null
        );

        ((int)answer.StatusCode).ShouldBe(status);
        CodeOf(body).ShouldBe(code);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task DeniedNotification_Is202AndGoesNoFurther()
    {
        await using var fixture = await StartAsync(Settings(), Json(Ok));

        var (answer, body) = await fixture.PostAsync(
            """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"delete"}}"""
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        body.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("[]", 400, -32600, "policy.message_batch")]
    [InlineData("""{"jsonrpc":"2.0","id":3,"id":4,"method":"ping"}""", 400, -32600, "policy.message_duplicate_key")]
    [InlineData(
        """{"jsonrpc":"2.0","id":3,"method":"ping","Method":"x"}""",
        400,
        -32600,
        "policy.message_lookalike_key"
    )]
    [InlineData("null", 400, -32600, "policy.message_not_object")]
    [InlineData("{", 400, -32700, "policy.message_not_json")]
    [InlineData("", 400, -32700, "policy.message_not_json")]
    [InlineData("""{"a":[[[[[[[[1]]]]]]]]}""", 400, -32600, "policy.message_too_deep")]
    [InlineData("""{"jsonrpc":"2.0","id":3}""", 400, -32600, "policy.message_invalid")]
    [InlineData("""{"jsonrpc":"2.0","id":3,"method":"tools/call"}""", 400, -32602, "policy.params_invalid")]
    public async Task UnclearMessage_IsRefusedWithItsCode(string body, int status, int code, string reason)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")) with { MaxDepth = 8 }, Json(Ok));

        var (answer, text) = await fixture.PostAsync(body);

        ((int)answer.StatusCode).ShouldBe(status);
        CodeOf(text).ShouldBe(code);
        answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        answer.Headers.GetValues("culvert-failed-hop").ShouldBe(["policy"]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Headers_ThatDifferFromTheBody_Are400WithTheIdAndMinus32020()
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "get")), Json(Ok));

        var (answer, body) = await fixture.PostAsync(Call("get", "9"), change: Modern("tools/call", "delete"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        CodeOf(body).ShouldBe(-32020);
        JsonDocument.Parse(body).RootElement.GetProperty("id").GetInt32().ShouldBe(9);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.headers_mismatch"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooLarge_Is413_WhetherAnnouncedOrNot(bool hasLength)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")) with { MaxBytes = 1024 }, Json(Ok));

        var (answer, body) = await fixture.PostAsync(
            Call("get", "1", $"\"{new string('x', 2000)}\""),
            change: r => r.Headers.TransferEncodingChunked = !hasLength
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        CodeOf(body).ShouldBe(-32600);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.message_too_large"]);
    }

    [Theory]
    [InlineData("gzip", "application/json")]
    [InlineData(null, "application/json; charset=utf-16")]
    public async Task EncodedBody_Is415(string? encoding, string type)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")), Json(Ok));

        var (answer, _) = await fixture.PostAsync(
            Call("get"),
            change: r =>
            {
                r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
                if (encoding is not null)
                {
                    r.Content.Headers.ContentEncoding.Add(encoding);
                }
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.message_encoded"]);
    }

    [Theory]
    [InlineData("POST", "/mcp/", 404, "policy.path_refused")]
    [InlineData("POST", "/", 404, "policy.path_refused")]
    [InlineData("POST", "/%6Dcp", 404, "policy.path_refused")]
    [InlineData("GET", "/other", 404, "policy.path_refused")]
    [InlineData("GET", "/.well-known/with-a-body", 404, "policy.path_refused")]
    [InlineData("GET", "/.well-known/%2e%2e/mcp", 404, "policy.path_refused")]
    [InlineData("PUT", "/mcp", 405, "policy.method_refused")]
    [InlineData("PATCH", "/mcp", 405, "policy.method_refused")]
    [InlineData("DELETE", "/mcp", 400, "policy.message_invalid")]
    public async Task WhatIsNoMcp_IsRefused(string method, string path, int status, string reason)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")), Json(Ok));

        var (answer, _) = await fixture.PostAsync(Call("get"), path: path, method: new HttpMethod(method));

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET", "/mcp")]
    [InlineData("DELETE", "/mcp")]
    [InlineData("GET", "/.well-known/openid-configuration")]
    public async Task WhatHasNoMessage_Passes(string method, string path)
    {
        await using var fixture = await StartAsync(Settings(), Json(Ok));

        var (answer, body) = await fixture.PostAsync("", path: path, method: new HttpMethod(method));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe(Ok);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_ShowsWhatMayBeCalled_InOrderWithAllElse(bool asEvents)
    {
        var upstream = asEvents
            ? Events($": hi\n\nid: 4\nevent: message\ndata: {Tools}\n\n")
            : Json(Tools, "ETag: \"1\"\r\n");
        await using var fixture = await StartAsync(Settings(Allow("a", "*"), Deny("d", "delete")), upstream);

        var (answer, body) = await fixture.PostAsync(Request("tools/list"));

        const string Expected =
            """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get","x":[1, 2]},{"name":"put"}],"nextCursor":"n","other":{"a":1}}}""";
        body.ShouldBe(
            asEvents ? $": hi\n\nid: {fixture.EventOf("4")}\nevent: message\ndata: {Expected}\n\n" : Expected
        );
        answer.Headers.ETag.ShouldBeNull();
        (await fixture.Upstream.NextAsync()).Header("Accept-Encoding").ShouldBe(["identity"]);
    }

    [Fact]
    public async Task ModernList_IsPrivateAndNotKeptForLong()
    {
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*")),
            Json("""{"jsonrpc":"2.0","id":1,"result":{"tools":[],"ttlMs":86400000,"cacheScope":"public"}}""")
        );

        var (_, body) = await fixture.PostAsync(Request("tools/list"), change: Modern("tools/list"));

        body.ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{"tools":[],"ttlMs":300000,"cacheScope":"private"}}""");
    }

    [Fact]
    public async Task List_ThatHidesNothing_IsUntouched()
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")), Json(Tools));

        var (_, body) = await fixture.PostAsync(Request("tools/list"));

        body.ShouldBe(Tools);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 14\r\n\r\nwhat-it-is-not"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{\"a")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nwhat-it-is-not")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: br\r\nContent-Length: 14\r\n\r\nwhat-it-is-not"
    )]
    public async Task ListThatCannotBeRead_Is502(string upstream)
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "*")), upstream);

        var (answer, body) = await fixture.PostAsync(Request("tools/list"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_unreadable"]);
        CodeOf(body).ShouldBe(-32603);
        body.ShouldNotContain("what-it-is-not");
    }

    [Fact]
    public async Task ErrorPageForAList_PassesAsItIs()
    {
        await using var fixture = await StartAsync(
            Settings(),
            "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>"
        );

        var (answer, body) = await fixture.PostAsync(Request("tools/list"));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.ShouldBe("<p/>");
    }

    [Theory]
    [InlineData("sampling/createMessage")]
    [InlineData("elicitation/create")]
    [InlineData("roots/list")]
    public async Task ServersRequest_ReachesTheClientOnlyIfChosen(string method)
    {
        var ask = $$"""data: {"jsonrpc":"2.0","id":5,"method":"{{method}}"}""";
        var stream = Events($"id: 1\n{ask}\n\n{ask}\n\ndata: {Ok}\n\n");
        await using var closed = await StartAsync(Settings(Allow("a", "get")), stream);
        await using var open = await StartAsync(
            Settings(
                Allow("a", "get"),
                new PolicyRule
                {
                    Name = "m",
                    Effect = PolicyEffect.Allow,
                    Methods = [method],
                }
            ),
            stream
        );

        var withoutAsks = $"id: {closed.EventOf("1")}\ndata: \n\ndata: {Ok}\n\n";
        (await closed.PostAsync(Call("get"))).Body.ShouldBe(withoutAsks);
        (await open.PostAsync(Call("get"))).Body.ShouldBe($"id: {open.EventOf("1")}\n{ask}\n\n{ask}\n\ndata: {Ok}\n\n");
        (await closed.PostAsync("", method: HttpMethod.Get)).Body.ShouldBe(withoutAsks);
    }

    [Fact]
    public async Task ModernServersRequest_BecomesAnErrorUnlessChosen()
    {
        const string Ask =
            """{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":{"a":{"method":"elicitation/create","params":{}}},"requestState":"s"}}""";
        await using var closed = await StartAsync(Settings(Allow("a", "get")), Json(Ask));
        await using var open = await StartAsync(
            Settings(
                Allow("a", "get"),
                new PolicyRule
                {
                    Name = "m",
                    Effect = PolicyEffect.Allow,
                    Methods = ["elicitation/*"],
                }
            ),
            Json(Ask)
        );

        CodeOf((await closed.PostAsync(Call("get"), change: Modern("tools/call", "get"))).Body).ShouldBe(-32603);
        (await open.PostAsync(Call("get"), change: Modern("tools/call", "get"))).Body.ShouldBe(Ask);
    }

    [Fact]
    public async Task ResumedStream_HidesListsToo()
    {
        await using var fixture = await StartAsync(Settings(Allow("a", "get")), Events($"id: 9\ndata: {Tools}\n\n"));

        var (_, body) = await fixture.PostAsync("", method: HttpMethod.Get);

        body.ShouldContain("\"get\"");
        body.ShouldNotContain("\"delete\"");
    }

    [Fact]
    public async Task Events_PassOneByOne()
    {
        var second = new TaskCompletionSource();
        var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"n\":1}\n\n:"u8.ToArray(),
                    token
                );
                await second.Task.WaitAsync(token);
                await stream.WriteAsync(" alive\n\ndata: {\"n\":2}\n\n"u8.ToArray(), token);
                return false;
            }
        );
        await using var fixture = await StartAsync(Settings(Allow("a", "get")), upstream);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        var call = Call("get");
        await client.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nAuthorization: Bearer {fixture.Token()}\r\nContent-Type: application/json\r\nContent-Length: {call.Length}\r\n\r\n{call}"
        );

        (await client.ReadUntilAsync("data: {\"n\":1}\n\n")).ShouldContain("200 OK");
        second.SetResult();
        (await client.ReadUntilAsync("data: {\"n\":2}\n\n")).ShouldContain(": alive\n\n");
    }

    [Fact]
    public async Task Observe_ChangesNothing()
    {
        var settings = Settings(Deny("d", "*")) with { Mode = PolicyMode.Observe, MaxBytes = 1024 };
        await using var fixture = await StartAsync(settings, Json(Tools, "ETag: \"1\"\r\n"));
        string[] bodies =
        [
            Request("tools/list"),
            Call("delete"),
            "[]",
            "{",
            "{\"a\":1,\"a\":2}",
            Call("x", "1", $"\"{new string('x', 5000)}\""),
        ];
        foreach (var body in bodies)
        {
            foreach (var chunked in new[] { false, true })
            {
                var (answer, text) = await fixture.PostAsync(
                    body,
                    change: r =>
                    {
                        r.Headers.TransferEncodingChunked = chunked;
                        r.Headers.AcceptEncoding.ParseAdd("br");
                    }
                );

                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                text.ShouldBe(Tools);
                answer.Headers.ETag.ShouldNotBeNull();
                var seen = await fixture.Upstream.NextAsync();
                seen.BodyText.ShouldBe(body);
                seen.Header("Accept-Encoding").ShouldBe(["br"]);
            }
        }
    }

    [Fact]
    public async Task Off_LooksAtNothing()
    {
        await using var fixture = await StartAsync(PolicySettings.Off, Json(Ok));

        var (answer, _) = await fixture.PostAsync("{\"no\":\"json-rpc\",\"no\":1}", path: "/elsewhere");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Upstream.NextAsync()).Header("Accept-Encoding").ShouldBeEmpty();
    }

    [Fact]
    public async Task Rate_IsPerPrincipalAndTool()
    {
        var time = new FakeTimeProvider(
            DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
        );
        var limited = Allow("a", "*") with
        {
            Limits = new RuleLimits { Rate = new Culvert.Platform.Configuration.Rate(2, TimeSpan.FromMinutes(1)) },
        };
        await using var fixture = await StartAsync(Settings(limited), RawUpstream.Answering(Json(Ok)), time);

        (await fixture.PostAsync(Call("get"))).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.PostAsync(Call("get"))).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var (third, body) = await fixture.PostAsync(Call("get", "\"x\""));
        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
        CodeOf(body).ShouldBe(-32005);
        body.ShouldStartWith("""{"jsonrpc":"2.0","id":"x","error":""");
        third.Headers.GetValues("culvert-reason").ShouldBe(["policy.rate_exceeded"]);
        (await fixture.PostAsync(Call("put"))).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.PostAsync(Call("get"), subject: "bob")).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        time.Advance(TimeSpan.FromSeconds(30));
        (await fixture.PostAsync(Call("get"))).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Concurrency_CountsRunningCalls_AndGivesThemBack()
    {
        var (arrived, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                arrived.TrySetResult();
                await answer.Task.WaitAsync(token);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Json(Ok)), token);
                return true;
            }
        );
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { Concurrency = 1 } }),
            upstream
        );
        var first = fixture.PostAsync(Call("get"));
        await arrived.Task.WaitAsync(Token);

        var (second, body) = await fixture.PostAsync(Call("get"));
        answer.SetResult();

        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        second.Headers.GetValues("culvert-reason").ShouldBe(["policy.concurrency_exceeded"]);
        CodeOf(body).ShouldBe(-32005);
        (await first).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.PostAsync(Call("get"))).Answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MaxResponseBytes_Is502_WhetherAnnouncedOrNot(bool hasLength)
    {
        var text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"" + new string('x', 4000) + "\"}";
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { MaxResponseBytes = 1000 } }),
            hasLength
                ? Json(text)
                : $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{text.Length:x}\r\n{text}\r\n0\r\n\r\n"
        );
        var modern = hasLength ? null : Modern("tools/call", "get");

        var (answer, body) = await fixture.PostAsync(Call("get"), change: modern);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_too_large"]);
        CodeOf(body).ShouldBe(-32005);
    }

    [Fact]
    public async Task MaxRequestBytes_Is413()
    {
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { MaxRequestBytes = 100 } }),
            Json(Ok)
        );

        var (answer, body) = await fixture.PostAsync(Call("get", "1", $"\"{new string('x', 100)}\""));

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.request_too_large"]);
        CodeOf(body).ShouldBe(-32005);
    }

    [Fact]
    public async Task Timeout_BeforeTheHead_Is504()
    {
        var time = new FakeTimeProvider();
        var received = new TaskCompletionSource();
        var upstream = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                received.SetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { Timeout = TimeSpan.FromMinutes(1) } }),
            upstream,
            time
        );

        var post = fixture.PostAsync(Call("get", "3"));
        await received.Task;
        time.Advance(TimeSpan.FromMinutes(1));
        var (answer, body) = await post;

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.timeout"]);
        body.ShouldStartWith("""{"jsonrpc":"2.0","id":3,"error":{"code":-32005""");
    }

    [Fact]
    public async Task Timeout_OfAStream_IsItsLastEvent()
    {
        const string First = "data: {\"n\":1}\n\n";
        var time = new FakeTimeProvider();
        var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + First),
                    token
                );
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { Timeout = TimeSpan.FromMinutes(1) } }),
            upstream,
            time
        );

        var (answer, body) = await fixture.PostAsync(
            Call("get", "3"),
            read: async content =>
            {
                using var reader = new StreamReader(await content.ReadAsStreamAsync(Token));
                var first = new char[First.Length];
                await reader.ReadBlockAsync(first, Token);
                time.Advance(TimeSpan.FromMinutes(2));
                return new string(first) + await reader.ReadToEndAsync(Token);
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.ShouldStartWith(First + "data: {\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32005");
    }

    // The half that has arrived must not follow the refusal: the connection would have to be aborted.
    [Fact]
    public async Task Timeout_OfAnAnswerThatIsHeldWhole_SendsNoneOfIt()
    {
        var time = new FakeTimeProvider();
        var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{\"half\":"
                    ),
                    token
                );
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var fixture = await StartAsync(
            Settings(Allow("a", "*") with { Limits = new RuleLimits { Timeout = TimeSpan.FromSeconds(20) } }),
            upstream,
            time
        );

        var post = fixture.PostAsync(Call("get", "3"));
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return post.IsCompleted;
            },
            Token
        );
        var (answer, body) = await post;

        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.timeout"]);
        CodeOf(body).ShouldBe(-32005);
    }

    private static int CodeOf(string body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("error").GetProperty("code").GetInt32();
    }

    private static string[] Names(HttpResponseMessage answer) =>
        [.. answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).Order()];
}
