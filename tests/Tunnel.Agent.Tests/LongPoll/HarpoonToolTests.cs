using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Callouts;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The three tools of the channel <c>harpoon</c>: their members, results, codes and limits.</summary>
public sealed class HarpoonToolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListTools_HaveTheMembersOfTheProtocol()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);

        var answer = await scene.SendAsync(HarpoonScene.Message("tools/list", "{}"));

        var tools = JsonNode.Parse(answer.Json!)!["result"]!["tools"]!.AsArray();
        Properties(tools[0]!).ShouldBe(["categories", "sources", "tags"]);
        Properties(tools[1]!)
            .ShouldBe([
                "label",
                "method",
                "headers",
                "body",
                "timeout_ms",
                "max_response_bytes",
                "follow_redirects",
                "max_redirects",
            ]);
        Properties(tools[2]!).ShouldBe(["label"]);
        var call = tools[1]!["inputSchema"]!;
        call["required"]!.ToJsonString().ShouldBe("""["label","method"]""");
        call["properties"]!["method"]!["enum"]!.ToJsonString().ShouldBe("""["GET","POST","PUT"]""");
        call["properties"]!["label"]!["pattern"]!.GetValue<string>().ShouldBe("^[a-z0-9][a-z0-9_-]{0,63}$");
        call["properties"]!["timeout_ms"]!["minimum"]!.GetValue<int>().ShouldBe(100);
        call["properties"]!["timeout_ms"]!["maximum"]!.GetValue<int>().ShouldBe(120_000);
        call["properties"]!["max_redirects"]!["maximum"]!.GetValue<int>().ShouldBe(5);
        call["properties"]!["follow_redirects"]!["default"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task ListTargets_ShowsWhatTheProtocolNames_AndNoUrl()
    {
        await using var scene = await HarpoonScene.StartAsync(Listed());

        var listed = await scene.UseAsync("list_targets", "{}");

        listed
            .ToJsonString()
            .ShouldBe(
                """{"targets":[{"label":"tickets","category":"config","source":"config","allowed_methods":["GET","POST"]},"""
                    + """{"label":"token","description":"Tokens of corp","category":"oauth","source":"oauth","tags":["auth-server-metadata","token-endpoint"],"allowed_methods":["POST"]}]}"""
            );
    }

    [Theory]
    [InlineData("{\"categories\":[\"oauth\"]}", "token")]
    [InlineData("{\"categories\":[\" OAuth \"]}", "token")]
    [InlineData("{\"categories\":[\"oauth\",\"config\"]}", "tickets,token")]
    [InlineData("{\"categories\":[\"none\"]}", "")]
    [InlineData("{\"categories\":[]}", "tickets,token")]
    [InlineData("{\"categories\":[\" \"]}", "tickets,token")]
    [InlineData("{\"sources\":[\"config\"]}", "tickets")]
    [InlineData("{\"tags\":[\"token-endpoint\"]}", "token")]
    [InlineData("{\"tags\":[\"token-endpoint\",\"auth-server-metadata\"]}", "token")]
    [InlineData("{\"tags\":[\"token-endpoint\",\"jwks-uri\"]}", "")]
    [InlineData("{\"categories\":[\"config\"],\"tags\":[\"token-endpoint\"]}", "")]
    public async Task ListTargets_Filters_SelectTargets(string arguments, string labels)
    {
        await using var scene = await HarpoonScene.StartAsync(Listed());

        var listed = await scene.UseAsync("list_targets", arguments);

        string.Join(',', listed["targets"]!.AsArray().Select(t => t!["label"]!.GetValue<string>())).ShouldBe(labels);
    }

    [Theory]
    [InlineData("{\"categories\":\"oauth\"}")]
    [InlineData("{\"tags\":[1]}")]
    [InlineData("{\"sources\":null}")]
    [InlineData("{\"label\":[\"a\"]}")]
    [InlineData("[]")]
    public async Task ListTargets_OtherArguments_AreRefused(string arguments)
    {
        await using var scene = await HarpoonScene.StartAsync(Listed());

        (await CodeAsync(scene, "list_targets", arguments)).ShouldBe("callout.arguments");
    }

    [Fact]
    public async Task CallTarget_Get_HasTheResultOfTheProtocol()
    {
        await using var server = RawUpstream.Answering(
            HarpoonScene.Answer("pong", "Content-Type: text/plain\r\nX-Secret: no\r\nX-Twice: a\r\nX-Twice: b\r\n")
        );
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                ResponseHeaders = ["content-type", "x-twice"],
            },
        ]);

        var called = await scene.CallAsync("""{"label":"tickets","method":"GET"}""");

        called["headers"]!["Content-Type"]!.ToJsonString().ShouldBe("""["text/plain"]""");
        called["headers"]!["X-Twice"]!.ToJsonString().ShouldBe("""["a","b"]""");
        called["headers"]!.AsObject().Count.ShouldBe(2);
        called.AsObject().Remove("headers");
        called
            .ToJsonString()
            .ShouldBe("""{"status_code":200,"body_base64":"cG9uZw==","body_size_bytes":4,"truncated":false}""");
        (await server.NextAsync()).RequestLine.ShouldBe("GET /api/open?state=new HTTP/1.1");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task CallTarget_WithABody_SendsIt(string method)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer(""));
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                Methods = ["GET", "POST", "PUT"],
            },
        ]);

        var called = await scene.CallAsync(
            $$$"""{"label":"tickets","method":"{{{method}}}","headers":{"x-trace":"t-1","content-type":"text/plain"},"body":"ten bytes!"}"""
        );

        var request = await server.NextAsync();
        request.RequestLine.ShouldBe($"{method} /api/open?state=new HTTP/1.1");
        request.BodyText.ShouldBe("ten bytes!");
        request.Header("X-Trace").ShouldBe(["t-1"]);
        request.Header("Content-Type").ShouldBe(["text/plain"]);
        called["body_base64"]!.GetValue<string>().ShouldBe("");
        called["body_size_bytes"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("{\"label\":\"other\",\"method\":\"GET\"}", "callout.target_unknown")]
    [InlineData("{\"label\":\"Tickets\",\"method\":\"GET\"}", "callout.target_unknown")]
    [InlineData("{\"label\":\"http://127.0.0.1/\",\"method\":\"GET\"}", "callout.target_unknown")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"PUT\"}", "callout.method_refused")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"get\"}", "callout.method_refused")]
    [InlineData("{\"label\":\"removable\",\"method\":\"DELETE\"}", "callout.method_refused")] // the target allows it
    [InlineData("{\"label\":\"removable\",\"method\":\"HEAD\"}", "callout.method_refused")]
    [InlineData(
        "{\"label\":\"tickets\",\"method\":\"GET\",\"headers\":{\"X-Api-Key\":\"x\"}}",
        "callout.header_refused"
    )]
    [InlineData(
        "{\"label\":\"tickets\",\"method\":\"GET\",\"headers\":{\"X-Trace\":\"a\\r\\nHost: b\"}}",
        "callout.header_refused"
    )]
    [InlineData("{\"label\":\"tickets\",\"method\":\"POST\",\"body\":\"eleven byte\"}", "callout.request_too_large")]
    [InlineData("{\"label\":\"tickets\"}", "callout.arguments")]
    [InlineData("{\"method\":\"GET\"}", "callout.arguments")]
    [InlineData("{\"label\":1,\"method\":\"GET\"}", "callout.arguments")]
    [InlineData("{\"name\":\"tickets\",\"method\":\"GET\"}", "callout.arguments")] // the name in the agent's own form
    [InlineData("{\"name\":\"tickets\",\"label\":\"tickets\",\"method\":\"GET\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"url\":\"http://127.0.0.1/\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"path\":\"/x\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"POST\",\"body_base64\":\"YQ==\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"POST\",\"body\":{}}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"headers\":{\"X-Trace\":[\"a\"]}}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"timeout_ms\":99}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"timeout_ms\":120001}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"timeout_ms\":\"1s\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"max_response_bytes\":0}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"max_response_bytes\":-1}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"max_redirects\":6}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"max_redirects\":-1}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\",\"follow_redirects\":\"no\"}", "callout.arguments")]
    [InlineData("[\"tickets\"]", "callout.arguments")]
    public async Task CallTarget_WhatIsNotAllowed_IsRefusedUnsent(string arguments, string code)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port),
            HarpoonScene.Target(server.Port, "removable", "/x") with
            {
                Methods = ["GET", "HEAD", "DELETE"],
            },
        ]);

        (await CodeAsync(scene, "call_target", arguments)).ShouldBe(code);

        server.Connections.ShouldBe(0);
    }

    [Fact] // JSON that readers could understand in two ways
    public async Task CallTarget_LabelTwice_IsRefusedUnsent()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);
        scene.Plane.ForcePoll(
            200,
            """{"commands":[{"request_id":"r-1","shard_token":"s","command_type":"jsonrpc","channel":"harpoon","created_at":"2026-01-01T00:00:00Z","jsonrpc":{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"call_target","arguments":{"label":"tickets","label":"tickets","method":"GET"}}}}]}"""
        );

        (await scene.Plane.NextAnswerAsync()).RequestId.ShouldBe("r-1");

        server.Connections.ShouldBe(0);
    }

    [Theory] // values of a call can only lower the target's
    [InlineData("\"timeout_ms\":100")]
    [InlineData("\"timeout_ms\":120000")]
    [InlineData("\"max_response_bytes\":20")]
    [InlineData("\"max_response_bytes\":1000000")]
    [InlineData("\"max_redirects\":0")]
    [InlineData("\"max_redirects\":5")]
    [InlineData("\"follow_redirects\":true")]
    public async Task CallTarget_AtTheBounds_IsMade(string member)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);
        var called = await scene.CallAsync($$"""{"label":"tickets","method":"GET",{{member}} }""");

        HarpoonScene.BodyOf(called).ShouldBe("pong");
    }

    [Theory] // a longer response is an error, not a part of it
    [InlineData(20, null, null)]
    [InlineData(21, null, "callout.response_too_large")]
    [InlineData(10, 10, null)]
    [InlineData(11, 10, "callout.response_too_large")]
    [InlineData(21, 1000, "callout.response_too_large")]
    public async Task CallTarget_ResponseBeyondTheLimit_IsRefused(int bytes, int? asked, string? code)
    {
        await using var server = RawUpstream.Answering(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n{new string('x', bytes)}\r\n0\r\n\r\n"
        );
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);

        var result = await scene.CallAsync(
            asked is null
                ? """{"label":"tickets","method":"GET"}"""
                : $$"""{"label":"tickets","method":"GET","max_response_bytes":{{asked}} }"""
        );

        ((string?)result["error_code"]).ShouldBe(code);
        ((int?)result["body_size_bytes"]).ShouldBe(code is null ? bytes : null);
    }

    [Theory]
    [InlineData("", 30_000)]
    [InlineData(",\"timeout_ms\":120000", 30_000)]
    [InlineData(",\"timeout_ms\":100", 100)]
    public async Task CallTarget_TargetNeverAnswers_TimesOut(string member, int milliseconds)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = HarpoonScene.Silent(asked);
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);
        scene.Enqueue(HarpoonScene.Use("call_target", $$"""{"label":"tickets","method":"GET"{{member}} }"""));
        await asked.Task.WaitAsync(Token);

        scene.Time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        scene.Plane.HasAnswer.ShouldBeFalse();
        scene.Time.Advance(TimeSpan.FromMilliseconds(1));

        HarpoonScene.Read(await scene.Plane.NextAnswerAsync())["error_code"]!
            .GetValue<string>()
            .ShouldBe("callout.timeout");
    }

    [Fact]
    public async Task CallTarget_NobodyListens_IsUnreachable()
    {
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(1)]);

        (await CodeAsync(scene, "call_target", """{"label":"tickets","method":"GET"}""")).ShouldBe(
            "callout.unreachable"
        );
    }

    [Fact]
    public async Task GetAudience_OfATokenEndpoint_IsItsExactUrl()
    {
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(1) with
            {
                Url = new Uri("https://Login.corp.example:443/oauth2/token?realm=A%2fb"),
                Tags = ["token-endpoint"],
            },
        ]);

        var audience = await scene.UseAsync("get_oauth_target_audience", """{"label":"tickets"}""");

        audience.ToJsonString().ShouldBe("""{"audience":"https://Login.corp.example:443/oauth2/token?realm=A%2fb"}""");
    }

    [Theory]
    [InlineData("{\"label\":\"tickets\"}", "callout.audience_unavailable")]
    [InlineData("{\"label\":\"other\"}", "callout.target_unknown")]
    [InlineData("{}", "callout.arguments")]
    [InlineData("{\"label\":1}", "callout.arguments")]
    [InlineData("{\"name\":\"tickets\"}", "callout.arguments")]
    [InlineData("{\"label\":\"tickets\",\"method\":\"GET\"}", "callout.arguments")]
    [InlineData("[]", "callout.arguments")]
    public async Task GetAudience_OfAnythingElse_IsRefused(string arguments, string code)
    {
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(1) with
            {
                Tags = ["auth-server-metadata", "registration-endpoint"],
            },
        ]);

        (await CodeAsync(scene, "get_oauth_target_audience", arguments)).ShouldBe(code);
    }

    private static CalloutTarget[] Listed() =>
        [
            HarpoonScene.Target(1) with
            {
                Methods = ["HEAD", "POST", "GET"],
            },
            HarpoonScene.Target(1, "token", "/token") with
            {
                Description = "Tokens of corp",
                Category = "oauth",
                Tags = ["auth-server-metadata", "token-endpoint"],
                Methods = ["POST", "DELETE"],
            },
            HarpoonScene.Target(1, "removable", "/x") with
            {
                Methods = ["DELETE"], // which no call of this channel has
            },
        ];

    private static async Task<string?> CodeAsync(HarpoonScene scene, string tool, string arguments) =>
        (string?)(await scene.UseAsync(tool, arguments))["error_code"];

    private static IEnumerable<string> Properties(JsonNode tool) =>
        tool["inputSchema"]!["properties"]!.AsObject().Select(p => p.Key);
}
