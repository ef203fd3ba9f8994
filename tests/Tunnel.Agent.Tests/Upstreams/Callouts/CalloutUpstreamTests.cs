using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams.Callouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Callouts;

/// <summary>The callouts server through the tunnel: what is listed can be called, and nothing else.</summary>
public sealed class CalloutUpstreamTests
{
    private const string Modern = "2026-07-28";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Legacy_ListsAndCalls_WithoutASession()
    {
        await using var server = RawUpstream.Answering(Answer("hello", "X-Secret: no\r\nContent-Type: text/plain\r\n"));
        await using var tunnel = await StartAsync([Target(server)]);

        using var initialized = await SendAsync(tunnel, "initialize", """{"protocolVersion":"2025-06-18"}""");
        using var notified = await PostAsync(tunnel, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        using var listed = await SendAsync(tunnel, "tools/list", "{}");
        var targets = await ToolAsync(tunnel, "list_targets", "{}");
        var called = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

        (await JsonAsync(initialized))["result"]!["protocolVersion"]!.GetValue<string>().ShouldBe("2025-06-18");
        initialized.Headers.Contains("Mcp-Session-Id").ShouldBeFalse();
        notified.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await JsonAsync(listed))["result"]!["tools"]!
            .AsArray()
            .Select(t => t!["name"]!.GetValue<string>())
            .ShouldBe(["list_targets", "call_target"]);
        targets.ToJsonString().ShouldContain("\"tickets\"");
        targets.ToJsonString().ShouldNotMatch(@"127\.0\.0\.1");
        called["status_code"]!.GetValue<int>().ShouldBe(200);
        called["body"]!.GetValue<string>().ShouldBe("hello");
        called["headers"]!.AsObject().Select(h => h.Key).ShouldBe(["content-type"]);
        (await server.NextAsync()).RequestLine.ShouldBe("GET /api/open?state=new HTTP/1.1");
    }

    [Fact]
    public async Task Modern_DiscoversAndCalls()
    {
        await using var server = RawUpstream.Answering(Answer("hello"));
        await using var tunnel = await StartAsync([Target(server)]);

        using var discovered = await SendAsync(tunnel, "server/discover", "{}", Modern);
        using var listed = await SendAsync(tunnel, "tools/list", "{}", Modern);
        var called = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""", Modern);

        var result = (await JsonAsync(discovered))["result"]!;
        result["supportedVersions"]![0]!.GetValue<string>().ShouldBe(Modern);
        result["resultType"]!.GetValue<string>().ShouldBe("complete");
        (await JsonAsync(listed))["result"]!["cacheScope"]!.GetValue<string>().ShouldBe("private");
        called["body"]!.GetValue<string>().ShouldBe("hello");
    }

    [Theory]
    [InlineData("GET", "/mcp", 405, "agent.method_not_allowed")]
    [InlineData("DELETE", "/mcp", 405, "agent.method_not_allowed")]
    [InlineData("POST", "/api", 404, "agent.path_unknown")]
    [InlineData("POST", "/mcp", 400, "agent.message_unreadable")]
    public async Task Refusal_HasItsStatusAndCode(string method, string path, int status, string reason)
    {
        await using var tunnel = await StartAsync([Target(1)]);
        using var client = tunnel.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request, Token);

        ((int)response.StatusCode).ShouldBe(status);
        StdioFixture.Reason(response).ShouldBe(reason);
    }

    [Fact]
    public async Task Modern_UnknownVersionMethodOrHeader_HasItsStatusAndCode()
    {
        await using var tunnel = await StartAsync([Target(1)]);

        using var version = await SendAsync(tunnel, "tools/list", "{}", "2030-01-01");
        using var method = await SendAsync(tunnel, "no/such", "{}", Modern);
        using var header = await PostAsync(
            tunnel,
            Message("tools/list", "{}", Modern),
            r => r.Headers.Add("MCP-Protocol-Version", Modern)
        );

        version.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var unsupported = (await JsonAsync(version))["error"]!;
        unsupported["code"]!.GetValue<int>().ShouldBe(-32022);
        unsupported["data"]!["supported"]!.ToJsonString().ShouldBe("""["2026-07-28"]""");
        unsupported["data"]!["requested"]!.GetValue<string>().ShouldBe("2030-01-01");
        method.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await JsonAsync(method))["error"]!["code"]!.GetValue<int>().ShouldBe(-32601);
        header.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(header))["error"]!["code"]!.GetValue<int>().ShouldBe(-32020);
        // A call is counted after its last byte is sent.
        await Eventually.UntilAsync(
            () => tunnel.Metrics.Recent.Calls.Count == 3,
            TestContext.Current.CancellationToken
        );
        tunnel
            .Metrics.Recent.Calls.Select(c => c.Reason)
            .ShouldBe(["agent.version_unsupported", "", "agent.headers_contradict"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(128, 1, "callout.header_refused")]
    [InlineData(129, 1, "callout.arguments")]
    [InlineData(1, 32_765, "callout.header_refused")]
    [InlineData(1, 32_766, "callout.arguments")]
    public async Task Call_ManyHeaders_AreNotReadBeyondTheLimit(int count, int length, string code)
    {
        await using var server = RawUpstream.Answering(Answer("hello"));
        await using var tunnel = await StartAsync([Target(server)]);
        var value = new string('v', length);
        var headers = string.Join(',', Enumerable.Range(100, count).Select(i => $"\"{i}\":\"{value}\""));

        var arguments = $"{{\"name\":\"tickets\",\"headers\":{{{headers}}}}}";
        (await ToolAsync(tunnel, "call_target", arguments))["error_code"]!.GetValue<string>().ShouldBe(code);

        server.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"name":"other"}""", "callout.target_unknown")]
    [InlineData("""{"name":"tickets","method":"DELETE"}""", "callout.method_refused")]
    [InlineData("""{"name":"tickets","method":"get"}""", "callout.method_refused")]
    [InlineData("""{"name":"tickets","headers":{"Authorization":"x"}}""", "callout.header_refused")]
    [InlineData("""{"name":"tickets","headers":{"X-Trace":"a\r\nHost: b"}}""", "callout.header_refused")]
    [InlineData("""{"name":"tickets","method":"POST","body":"12345678901"}""", "callout.request_too_large")]
    [InlineData("""{"name":"tickets","url":"http://127.0.0.1/"}""", "callout.arguments")]
    [InlineData("""{"name":"tickets","body":"a","body_base64":"YQ=="}""", "callout.arguments")]
    [InlineData("""{"name":"tickets","timeout_ms":-1}""", "callout.arguments")]
    [InlineData("""{}""", "callout.arguments")]
    public async Task Call_WhatTheTargetDoesNotAllow_IsRefusedUnsent(string arguments, string code)
    {
        await using var server = RawUpstream.Answering(Answer("hello"));
        await using var tunnel = await StartAsync([Target(server)]);

        (await ToolAsync(tunnel, "call_target", arguments))["error_code"]!.GetValue<string>().ShouldBe(code);

        server.Connections.ShouldBe(0);
    }

    // S37: the URL would be a connection past the target's allowed_ranges.
    [Fact]
    public async Task Call_TargetWhoseCertificateNamesAnIssuerUrl_IsNotFollowed()
    {
        using var trap = new IssuerUrlTrap();
        await using var tunnel = await StartAsync([Target(1) with { Url = trap.Url }]);
        var serving = trap.ServeAsync(Token);

        var called = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

        await serving;
        called["error_code"]!.GetValue<string>().ShouldBe("callout.unreachable");
        trap.IsSprung.ShouldBeFalse();
    }

    [Fact]
    public async Task Call_WhatTheTargetAllows_IsSent()
    {
        await using var server = RawUpstream.Answering(Answer("ok"));
        await using var tunnel = await StartAsync([Target(server)]);

        await ToolAsync(
            tunnel,
            "call_target",
            """{"name":"tickets","method":"POST","headers":{"x-trace":"t-1"},"body_base64":"AP8xMjM0NTY3OA=="}"""
        );

        var request = await server.NextAsync();
        request.RequestLine.ShouldStartWith("POST /api/open?state=new ");
        request.Header("X-Trace").ShouldBe(["t-1"]);
        request.Body.ShouldBe([0, 255, .. "12345678"u8]);
        request.Header("Cookie").ShouldBeEmpty();
        request.Header("Authorization").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20, null, null)]
    [InlineData(21, null, "callout.response_too_large")]
    [InlineData(10, 10, null)]
    [InlineData(11, 10, "callout.response_too_large")]
    [InlineData(21, 1000, "callout.response_too_large")]
    public async Task Call_AnswerBeyondTheLimit_IsAnError(int bytes, int? asked, string? code)
    {
        await using var server = RawUpstream.Answering(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n{new string('x', bytes)}\r\n0\r\n\r\n"
        );
        await using var tunnel = await StartAsync([Target(server)]);

        var result = await ToolAsync(
            tunnel,
            "call_target",
            asked is null ? """{"name":"tickets"}""" : $$"""{"name":"tickets","max_response_bytes":{{asked}} }"""
        );

        ((string?)result["error_code"]).ShouldBe(code);
        ((int?)result["body_size_bytes"]).ShouldBe(code is null ? bytes : null);
    }

    [Theory]
    [InlineData("/api/closed", 307, "GET", null)]
    [InlineData("/api/closed", 302, "POST", null)]
    [InlineData("/api/closed", 307, "POST", "callout.redirect_refused")] // it takes no POST
    [InlineData("/api/closed?x", 302, "GET", "callout.redirect_refused")]
    [InlineData("/api/Closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("//169.254.169.254/api/closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("http://user@127.0.0.1/api/closed", 302, "GET", "callout.redirect_refused")]
    public async Task Call_Redirect_LeadsToTargetsAlone(string location, int status, string method, string? code)
    {
        await using var server = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                var answer = request.RequestLine.Contains("/open", StringComparison.Ordinal)
                    ? $"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
                    : Answer("closed");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), token);
                return true;
            }
        );
        var closed = Target(server) with
        {
            Name = "closed",
            Url = new Uri($"http://127.0.0.1:{server.Port}/api/closed"),
            Methods = ["GET"],
            RequestHeaders = [],
        };
        await using var tunnel = await StartAsync([Target(server), closed]);

        var result = await ToolAsync(
            tunnel,
            "call_target",
            $$$"""{"name":"tickets","method":"{{{method}}}","headers":{"X-Trace":"t"}}"""
        );

        ((string?)result["error_code"]).ShouldBe(code);
        ((string?)result["body"]).ShouldBe(code is null ? "closed" : null);
        await server.NextAsync();
        if (code is null)
        {
            var second = await server.NextAsync();
            second.RequestLine.ShouldBe("GET /api/closed HTTP/1.1");
            second.Header("X-Trace").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Call_RedirectsInACircle_End()
    {
        var server = RawUpstream.Answering(
            "HTTP/1.1 302 Found\r\nLocation: /api/open?state=new\r\nContent-Length: 0\r\n\r\n"
        );
        await using var stopping = server;
        await using var tunnel = await StartAsync([Target(server)]);

        var result = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");
        var none = await ToolAsync(tunnel, "call_target", """{"name":"tickets","max_redirects":0}""");

        result["error_code"]!.GetValue<string>().ShouldBe("callout.redirect_refused");
        none["error_code"]!.GetValue<string>().ShouldBe("callout.redirect_refused");
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.0/8", null)]
    [InlineData("127.0.0.1", "10.0.0.0/8", "callout.address_refused")]
    [InlineData("::ffff:127.0.0.1", "10.0.0.0/8", "callout.address_refused")]
    [InlineData("169.254.169.254", "0.0.0.0/0", "callout.address_refused")]
    [InlineData("169.254.169.254", "169.254.169.254/32", "callout.address_refused")]
    [InlineData("fe80::1", "::/0", "callout.address_refused")]
    public async Task Call_ResolvedAddress_MustBeAllowed(string address, string range, string? code)
    {
        await using var server = RawUpstream.Answering(Answer("hello"));
        var target = Target(server) with
        {
            Url = new Uri($"http://tickets.internal:{server.Port}/api/open"),
            AllowedRanges = Support.Tunnel.Ranges(range),
        };
        await using var tunnel = await StartAsync([target], resolver: new ScriptedResolver([address]));

        var result = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

        ((string?)result["error_code"]).ShouldBe(code);
    }

    [Fact]
    public async Task Call_NameThatRebinds_IsCheckedAtEachConnection()
    {
        await using var server = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer("hello", "Connection: close\r\n")), token);
                return false;
            }
        );
        var resolver = new ScriptedResolver(["127.0.0.1"], ["192.0.2.1"]);
        var target = Target(server) with { Url = new Uri($"http://tickets.internal:{server.Port}/api/open") };
        await using var tunnel = await StartAsync([target], resolver: resolver);

        var first = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");
        var second = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

        first["body"]!.GetValue<string>().ShouldBe("hello");
        second["error_code"]!.GetValue<string>().ShouldBe("callout.address_refused");
    }

    [Fact]
    public async Task Call_NobodyListens_IsUnreachable()
    {
        await using var tunnel = await StartAsync([Target(1)]);

        var result = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

        result["error_code"]!.GetValue<string>().ShouldBe("callout.unreachable");
    }

    [Fact]
    public async Task Call_TargetNeverAnswers_TimesOut()
    {
        var asked = new TaskCompletionSource();
        var time = new FakeTimeProvider();
        await using var server = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                asked.SetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var tunnel = await StartAsync([Target(server)], time: time);
        var call = ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");
        await asked.Task.WaitAsync(Eventually.Limit, Token);

        time.Advance(TimeSpan.FromSeconds(30));

        (await call)["error_code"]!.GetValue<string>().ShouldBe("callout.timeout");
    }

    [Fact]
    public async Task Call_IsLogged_WithoutWhatTheCallerWrote()
    {
        var loggers = new LogLines();
        await using var server = RawUpstream.Answering(Answer("hello"));
        await using var tunnel = await StartAsync([Target(server)], loggers);

        await ToolAsync(tunnel, "call_target", """{"name":"tickets","headers":{"X-Trace":"canary-of-the-caller"}}""");
        await ToolAsync(tunnel, "call_target", """{"name":"canary-of-the-caller"}""");

        loggers.Text.ShouldContain("to tickets: answered, status 200, 5 bytes");
        loggers.Text.ShouldContain("to unknown: callout.target_unknown");
        loggers.Text.ShouldNotContain("canary-of-the-caller");
    }

    private static CalloutTarget Target(RawUpstream server) => Target(server.Port);

    [Theory]
    [InlineData(true, "hello")]
    [InlineData(false, null)]
    public async Task Call_PrivateRoot_CountsIfTheBundleHasIt(bool isInBundle, string? body)
    {
        var pki = new TunnelPki("Private");
        await using var server = RawUpstream.AnsweringOverTls(Answer("hello"), pki.Server("127.0.0.1"));
        var bundle = Path.Combine(Directory.CreateTempSubdirectory("culvert-bundle-").FullName, "ca.pem");
        await File.WriteAllTextAsync(bundle, (isInBundle ? pki : new TunnelPki("Other")).CaPem, Token);
        try
        {
            var target = Target(server) with { Url = new Uri($"https://127.0.0.1:{server.Port}/") };
            await using var tunnel = await StartAsync([target], caBundle: bundle);

            var called = await ToolAsync(tunnel, "call_target", """{"name":"tickets"}""");

            (called["body"]?.GetValue<string>()).ShouldBe(body);
            (called["error_code"]?.GetValue<string>()).ShouldBe(isInBundle ? null : "callout.unreachable");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(bundle)!, recursive: true);
        }
    }

    private static CalloutTarget Target(int port) =>
        new()
        {
            Name = "tickets",
            Url = new Uri($"http://127.0.0.1:{port}/api/open?state=new"),
            Methods = ["GET", "POST"],
            RequestHeaders = ["X-Trace"],
            ResponseHeaders = ["content-type"],
            MaxRequestBytes = 10,
            MaxResponseBytes = 20,
            Timeout = TimeSpan.FromSeconds(30),
            MaxRedirects = 2,
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.0/8"),
        };

    [Fact]
    public async Task Policy_RulesTimeAndBytes_ActHereAsEverywhere()
    {
        var asked = new TaskCompletionSource();
        var time = new FakeTimeProvider();
        await using var silent = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                asked.SetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        var limits = new Culvert.Tunnel.Agent.Policy.RuleLimits
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseBytes = 100,
        };
        await using var tunnel = await StartAsync(
            [Target(silent)],
            time: time,
            policy: Policy.Policies.Route(
                Policy.Policies.Settings(Policy.Policies.Allow("a", "*") with { Limits = limits })
            )
        );

        var sending = SendAsync(tunnel, "tools/call", """{"name":"call_target","arguments":{"name":"tickets"}}""");
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(10));
        using var late = await sending;
        using var large = await SendAsync(tunnel, "tools/call", """{"name":"list_targets","arguments":{}}""");

        late.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        late.Headers.GetValues("culvert-reason").ShouldBe(["policy.timeout"]);
        large.Headers.GetValues("culvert-reason").ShouldBe(["policy.answer_too_large"]);
    }

    private static async Task<Support.Tunnel> StartAsync(
        CalloutTarget[] targets,
        ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        Culvert.Platform.Net.IHostResolver? resolver = null,
        Culvert.Tunnel.Agent.Policy.RoutePolicy? policy = null,
        string caBundle = ""
    )
    {
        var second = TimeSpan.FromMinutes(1);
        var settings = new CalloutSettings
        {
            Path = "/mcp",
            Targets = targets,
            CaBundle = caBundle,
            Timeouts = new UpstreamTimeouts(second, second, second),
            Probe = new ProbeSettings(ProbeKind.None, second, second),
        };
        var tunnel = new Support.Tunnel(loggers, time);
        tunnel.Add(
            "docs",
            new CalloutUpstream(
                settings,
                tunnel.Metrics,
                time ?? TimeProvider.System,
                (loggers ?? NullLoggerFactory.Instance).CreateLogger("callouts"),
                resolver
            ),
            policy: policy
        );
        await tunnel.StartAsync();
        return tunnel;
    }

    private static async Task<JsonNode> ToolAsync(
        Support.Tunnel tunnel,
        string tool,
        string arguments,
        string? version = null
    )
    {
        using var response = await SendAsync(
            tunnel,
            "tools/call",
            $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}} }""",
            version,
            tool
        );
        var result = (await JsonAsync(response))["result"]!;
        var content = result["structuredContent"]!;
        result["isError"]!.GetValue<bool>().ShouldBe(content["error_code"] is not null);
        JsonNode.DeepEquals(JsonNode.Parse(result["content"]![0]!["text"]!.GetValue<string>()), content).ShouldBeTrue();
        return content;
    }

    private static Task<HttpResponseMessage> SendAsync(
        Support.Tunnel tunnel,
        string method,
        string parameters,
        string? version = null,
        string? name = null
    ) =>
        PostAsync(
            tunnel,
            Message(method, parameters, version),
            r =>
            {
                if (version is not null)
                {
                    r.Headers.Add("MCP-Protocol-Version", version);
                    r.Headers.Add("Mcp-Method", method);
                    if (name is not null)
                    {
                        r.Headers.Add("Mcp-Name", name);
                    }
                }
            }
        );

    private static string Message(string method, string parameters, string? version)
    {
        var read = JsonNode.Parse(parameters)!;
        if (version is not null)
        {
            read["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = version,
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            };
        }

        return $$$"""{"jsonrpc":"2.0","id":"1","method":"{{{method}}}","params":{{{read.ToJsonString()}}} }""";
    }

    private static async Task<HttpResponseMessage> PostAsync(
        Support.Tunnel tunnel,
        string json,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var client = tunnel.Client();
        var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        change?.Invoke(request);
        return await client.SendAsync(request, Token);
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;

    private static string Answer(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";
}
