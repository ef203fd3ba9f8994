using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>What becomes of a command, and of the answer of the MCP server.</summary>
public sealed class LongPollCallTests
{
    private const string Notification =
        """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}""";

    [Fact]
    public async Task Call_JsonAnswer_GoesBackByteForByte()
    {
        const string Result = """{ "jsonrpc" : "2.0", "id":7, "result":{"n":1.0,"text":"\u00e4"} }""";
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Json(Result, headers: "Mcp-Session-Id: s-1\r\nX-Internal: secret\r\n"))
        );
        var id = scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.RequestId.ShouldBe(id);
        answer.Type.ShouldBe("jsonrpc_response");
        answer.Code.ShouldBe(200);
        answer.Channel.ShouldBe("main");
        answer.Json.ShouldBe(Result);
        answer.HeaderNames.ShouldBe("Content-Type,Mcp-Session-Id");
        answer.Header("Content-Type").ShouldBe("application/json");
        answer.Request.Header("X-Tunnel-Shard-Token").ShouldBe([$"shard-of-the-call/{id}"]);
        answer.Request.Header("X-Client-Request-Id").ShouldBe([$"client-{id}"]);
        answer.Request.Header("Content-Type").ShouldBe(["application/json"]);
        var call = await scene.Server.NextAsync();
        call.RequestLine.ShouldBe("POST /mcp HTTP/1.1");
        call.BodyText.ShouldBe(LongPollScene.Call);
        call.Header("Accept").ShouldBe(["application/json, text/event-stream"]);
        call.Header("Content-Type").ShouldBe(["application/json"]);
        call.Header("Forwarded").ShouldBe([$"for=_long-poll;host={Support.Tunnel.Host};proto=https"]);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Call_Headers_ReachTheServerAndNoSecretOfTheAgentDoes()
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(
            LongPollScene.Call,
            change: c =>
            {
                var headers = c["headers"]!.AsObject();
                headers["Authorization"] = new System.Text.Json.Nodes.JsonArray("Bearer product");
                headers["Mcp-Session-Id"] = new System.Text.Json.Nodes.JsonArray("s-9");
                headers["MCP-Protocol-Version"] = new System.Text.Json.Nodes.JsonArray("2025-11-25");
                headers["X-Forwarded-For"] = new System.Text.Json.Nodes.JsonArray("10.0.0.1");
                headers["Cookie"] = new System.Text.Json.Nodes.JsonArray("a=b");
            }
        );
        await scene.Plane.NextAnswerAsync();

        var call = await scene.Server.NextAsync();

        call.Header("Authorization").ShouldBe(["Bearer product"]);
        call.Header("Mcp-Session-Id").ShouldBe(["s-9"]);
        call.Header("MCP-Protocol-Version").ShouldBe(["2025-11-25"]);
        call.Header("Cookie").ShouldBeEmpty();
        call.Header("X-Forwarded-For").ShouldBeEmpty();
        call.Head.ShouldNotContain(LongPollScene.ApiKey);
        call.Head.ShouldNotContain("shard-of-the-call");
        scene.Log.Text.ShouldNotContain(LongPollScene.ApiKey);
        scene.Log.Text.ShouldNotContain("shard-of-the-call");
    }

    [Fact] // notifications delivered: progress before final, exactly one of each; keep-alive ping events
    public async Task Call_EventStream_NotificationsInOrderThenOneResponse()
    {
        var second = Notification.Replace("\"progress\":1", "\"progress\":2", StringComparison.Ordinal);
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(
                LongPollScene.Events(
                    $": ping\n\nevent: ping\ndata: now\n\ndata: {Notification}\n\nid: 4\ndata: {second}\n\ndata: {LongPollScene.Result}\n\n",
                    "Mcp-Session-Id: s-1\r\n"
                )
            )
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        var answers = new[]
        {
            await scene.Plane.NextAnswerAsync(),
            await scene.Plane.NextAnswerAsync(),
            await scene.Plane.NextAnswerAsync(),
        };

        answers.Select(a => a.Type).ShouldBe(["jsonrpc_notify", "jsonrpc_notify", "jsonrpc_response"]);
        answers.Select(a => a.Json).ShouldBe([Notification, second, LongPollScene.Result]);
        answers.ShouldAllBe(a => a.Header("Content-Type") == "text/event-stream");
        answers.ShouldAllBe(a => a.Header("Mcp-Session-Id") == "s-1");
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task Call_RepeatedHeaderOfAResponse_StaysRepeated()
    {
        const string Challenges = "WWW-Authenticate: Bearer realm=\"a\"\r\nWWW-Authenticate: DPoP realm=\"b\"\r\n";
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Json("{}", 401, Challenges))
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Headers("WWW-Authenticate").ShouldBe(["Bearer realm=\"a\"", "DPoP realm=\"b\""]);
    }

    [Fact]
    public async Task Call_NotificationIsNotTaken_TheOthersAreSkippedAndTheResponseStillComes()
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(
                LongPollScene.Events(
                    $"data: {Notification}\n\ndata: {Notification}\n\ndata: {LongPollScene.Result}\n\n"
                )
            )
        );
        scene.Plane.ForceAnswer(503);
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("jsonrpc_notify");
        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("jsonrpc_response");
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task Call_NotificationIsLimited_IsSentAgain()
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Events($"data: {Notification}\n\ndata: {LongPollScene.Result}\n\n"))
        );
        scene.Plane.ForceAnswer(429);
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("jsonrpc_notify");
        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("jsonrpc_notify");
        (await scene.Plane.NextAnswerAsync()).Type.ShouldBe("jsonrpc_response");
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(0)] // the connection is closed
    public async Task Answer_TransientFailure_IsSentAgainWithTheSameBytes(int status)
    {
        await using var scene = await LongPollScene.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            if (status == 0)
            {
                scene.Plane.CloseAtAnswer();
            }
            else
            {
                scene.Plane.ForceAnswer(status);
            }
        }

        scene.Plane.Enqueue(LongPollScene.Call);

        var (first, second, third) = (
            await scene.Plane.NextAnswerAsync(),
            await scene.Plane.NextAnswerAsync(),
            await scene.Plane.NextAnswerAsync()
        );
        second.Text.ShouldBe(first.Text);
        third.Text.ShouldBe(first.Text);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
        scene.Log.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(404, """{"error":{"code":"pending_request_not_found"}}""", 0)] // the product is gone: a success
    [InlineData(404, "{}", 1)]
    [InlineData(401, """{"error":{"code":"tunnel_request_mismatch"}}""", 1)]
    public async Task Answer_Refused_IsNotSentAgain(int status, string body, int warnings)
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.ForceAnswer(status, body);
        scene.Plane.Enqueue(LongPollScene.Call);

        await scene.Plane.NextAnswerAsync();

        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        scene.Plane.HasAnswer.ShouldBeFalse();
        scene.Log.Warnings.Count.ShouldBe(warnings);
    }

    [Fact]
    public async Task Answer_TooLargeForTheControlPlane_IsReplacedByAFailure()
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.ForceAnswer(413, """{"error":{"code":"request_body_too_large"}}""");
        scene.Plane.Enqueue(LongPollScene.Call);

        await scene.Plane.NextAnswerAsync();

        var answer = await scene.Plane.NextAnswerAsync();
        answer.Code.ShouldBe(502);
        answer.Failure.GetProperty("transport_error_kind").GetString().ShouldBe("response_body_too_large");
    }

    [Fact]
    public async Task Call_NotificationOfTheProduct_IsAcknowledged()
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        );
        scene.Plane.Enqueue("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Type.ShouldBe("notify_ack");
        answer.Code.ShouldBe(202);
        answer.Json.ShouldBeNull();
    }

    [Fact] // session termination: DELETE carries session and authorization
    public async Task SessionTermination_IsADelete()
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering("HTTP/1.1 204 No Content\r\n\r\n")
        );
        scene.Plane.Enqueue(
            type: "session_termination",
            change: c =>
                c["headers"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["Mcp-Session-Id"] = new System.Text.Json.Nodes.JsonArray("s-1"),
                    ["Authorization"] = new System.Text.Json.Nodes.JsonArray("Bearer product"),
                }
        );

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Type.ShouldBe("session_termination_response");
        answer.Code.ShouldBe(204);
        answer.Json.ShouldBeNull();
        var call = await scene.Server.NextAsync();
        call.RequestLine.ShouldBe("DELETE /mcp HTTP/1.1");
        call.Header("Mcp-Session-Id").ShouldBe(["s-1"]);
        call.Header("Authorization").ShouldBe(["Bearer product"]);
    }

    [Fact]
    public async Task Call_UnknownChannel_IsRefusedAndNeverSentToMain()
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["channel"] = "wiki");

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(400);
        answer.Channel.ShouldBe("wiki");
        answer.Json.ShouldBe(
            """{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"The agent does not serve the channel wiki."}}"""
        );
        scene.Server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Call_ErrorOfTheServer_PassesByteForByteWithItsStatus()
    {
        const string Error = """{ "jsonrpc":"2.0","id":7,"error":{"code":-32001,"message":"no","data":{"x":1}} }""";
        await using var scene = await LongPollScene.StartAsync(RawUpstream.Answering(LongPollScene.Json(Error, 400)));
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(400);
        answer.Json.ShouldBe(Error);
    }

    [Theory] // synthesised target HTTP failure: the text of the body never crosses
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nA secret.", 503)]
    [InlineData("HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n", 404)]
    public async Task Call_OtherErrorOfTheServer_IsReplacedByItsProvenance(string response, int status)
    {
        await using var scene = await LongPollScene.StartAsync(RawUpstream.Answering(response));
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(status);
        answer.Text.ShouldNotContain("A secret.");
        answer.Json!.ShouldStartWith("""{"jsonrpc":"2.0","id":7,"error":{"code":-32603,""");
        answer
            .Failure.GetRawText()
            .ShouldBe(
                $$"""{"version":1,"source":"target_http","transport_error_kind":"http_status","upstream_response_received":true,"upstream_status":{{status}}}"""
            );
    }

    [Fact]
    public async Task Call_ErrorWithAnotherId_IsReplaced()
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(
                LongPollScene.Json("""{"jsonrpc":"2.0","id":8,"error":{"code":-32001,"message":"no"}}""", 500)
            )
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Failure.GetProperty("source").GetString().ShouldBe("target_http");
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n",
        "response_body_missing"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{\"a", "malformed_json")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "invalid_protocol_response"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: x\n\n",
        "non_protocol_response"
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 4\r\n\r\n: x\n",
        "response_body_missing"
    )]
    [InlineData( // a response to another id, on a stream that stays open
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 999\r\n\r\ndata: {\"jsonrpc\":\"2.0\",\"id\":8,\"result\":{}}\n\n",
        "invalid_protocol_response"
    )]
    [InlineData(
        "HTTP/1.1 302 Found\r\nLocation: https://docs.example.com/\r\nContent-Length: 0\r\n\r\n",
        "invalid_protocol_response"
    )]
    public async Task Call_AnswerThatIsNone_IsAFailureOfTheProtocol(string response, string kind)
    {
        await using var scene = await LongPollScene.StartAsync(RawUpstream.Answering(response));
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(502);
        answer.Failure.GetProperty("source").GetString().ShouldBe("protocol");
        answer.Failure.GetProperty("transport_error_kind").GetString().ShouldBe(kind);
        answer.Failure.GetProperty("upstream_response_received").GetBoolean().ShouldBeTrue();
    }

    [Theory] // as clients read it; the product gets the id as it wrote it
    [InlineData("application/json", "\uFEFF{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}")]
    [InlineData("application/json; charset=utf8", "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":{\"content\":[]}}")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}\r\r")]
    [InlineData(
        "text/event-stream;",
        "\uFEFFdata: {\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":{\"content\":[]}}\r\n\r\n"
    )]
    [InlineData("Text/Event-Stream", ": hi\r\rdata: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}\n\n")]
    public async Task Call_AnswerInAnyForm_IsTheResult(string type, string body)
    {
        await using var scene = await LongPollScene.StartAsync(RawUpstream.Answering(Write(type, body)));
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(200);
        answer.Json.ShouldBe(LongPollScene.Result);
    }

    [Theory] // the event never ended, so it is none
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}")]
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n")]
    public async Task Call_StreamEndsWithinAnEvent_SaysSo(string body)
    {
        await using var scene = await LongPollScene.StartAsync(RawUpstream.Answering(Write("text/event-stream", body)));
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(502);
        answer.Failure.GetProperty("transport_error_kind").GetString().ShouldBe("unexpected_eof");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"jsonrpc\"")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n: x\n\r\n"
    )]
    public async Task Call_AnswerBreaksOff_SaysSo(string response)
    {
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(response), token);
                    return false;
                }
            )
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer
            .Failure.GetRawText()
            .ShouldBe(
                """{"version":1,"source":"protocol","transport_error_kind":"unexpected_eof","upstream_response_received":true}"""
            );
    }

    [Fact]
    public async Task Call_ServerDoesNotRun_SaysThatItWasNotReached()
    {
        await using var scene = new LongPollScene();
        scene.AddRoute(port: LoopbackPort.Free());
        await scene.Tunnel.StartAsync();
        scene.StartAgent();
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(502);
        answer
            .Failure.GetRawText()
            .ShouldBe(
                """{"version":1,"source":"connect","transport_error_kind":"dial","upstream_response_received":false}"""
            );
        answer.Json!.ShouldContain("\"error_code\":\"upstream.connect_failed\"");
        answer.Text.ShouldNotMatch(@"127\.0\.0\.1");
    }

    [Fact]
    public async Task Call_AnswerIsLongerThanMayBeSent_SaysSo()
    {
        var result = $$"""{"jsonrpc":"2.0","id":7,"result":"{{new string('x', 70_000)}}"}""";
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Json(result)),
            s => s with { MaxAnswerBytes = 64 * 1024 }
        );
        scene.Plane.Enqueue(LongPollScene.Call);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Failure.GetProperty("transport_error_kind").GetString().ShouldBe("response_body_too_large");
    }

    [Fact]
    public async Task Call_ServerAsksTheClient_IsRefusedAndTheCallGoesOn()
    {
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                if (request.BodyText.Contains("\"error\"", StringComparison.Ordinal))
                {
                    request.BodyText.ShouldContain("\"id\":\"ask-1\"");
                    await stream.WriteAsync("HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), token);
                    refused.SetResult();
                    return true;
                }

                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                            + "data: {\"jsonrpc\":\"2.0\",\"id\":\"ask-1\",\"method\":\"sampling/createMessage\"}\n\n"
                    ),
                    token
                );
                await refused.Task.WaitAsync(token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"data: {LongPollScene.Result}\n\n"), token);
                return false;
            }
        );
        await using var scene = await LongPollScene.StartAsync(server);
        scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
    }

    private static string Write(string type, string body)
    {
        body = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body)); // a byte is a character there
        return $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }
}
