using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>What a call of the channel <c>harpoon</c> can reach, and what it shows of what is inside.</summary>
public sealed class HarpoonGuardTests
{
    private const string Get = """{"label":"tickets","method":"GET"}""";

    [Theory] // every hop is the exact URL of a target
    [InlineData("/api/closed", 307, "GET", null)]
    [InlineData("/api/closed", 302, "POST", null)]
    [InlineData("/api/closed", 307, "POST", "callout.redirect_refused")] // it takes no POST
    [InlineData("/api/closed?x", 302, "GET", "callout.redirect_refused")]
    [InlineData("/api/closed/", 302, "GET", "callout.redirect_refused")]
    [InlineData("/api/Closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("/other/../api/other", 302, "GET", "callout.redirect_refused")]
    [InlineData("//169.254.169.254/api/closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("https://127.0.0.1/api/closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("http://user@127.0.0.1/api/closed", 302, "GET", "callout.redirect_refused")]
    [InlineData("harpoon://closed", 302, "GET", "callout.redirect_refused")]
    public async Task Redirect_LeadsToTargetsAlone(string location, int status, string method, string? code)
    {
        await using var server = HarpoonScene.Paths(path =>
            path.StartsWith("/api/open", StringComparison.Ordinal)
                ? $"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
                : HarpoonScene.Answer("closed")
        );
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port),
            HarpoonScene.Target(server.Port, "closed", "/api/closed") with
            {
                Methods = ["GET"],
                RequestHeaders = [],
            },
        ]);

        var result = await scene.CallAsync(
            $$$"""{"label":"tickets","method":"{{{method}}}","headers":{"X-Trace":"t"}}"""
        );

        ((string?)result["error_code"]).ShouldBe(code);
        (await server.NextAsync()).RequestLine.ShouldBe($"{method} /api/open?state=new HTTP/1.1");
        if (code is null)
        {
            HarpoonScene.BodyOf(result).ShouldBe("closed");
            var second = await server.NextAsync();
            second.RequestLine.ShouldBe("GET /api/closed HTTP/1.1");
            second.Header("X-Trace").ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"max_redirects\":5")] // the target allows two
    [InlineData(",\"max_redirects\":0")]
    public async Task Redirects_InACircle_End(string member)
    {
        await using var server = RawUpstream.Answering(
            "HTTP/1.1 302 Found\r\nLocation: /api/open?state=new\r\nContent-Length: 0\r\n\r\n"
        );
        await using var scene = await HarpoonScene.StartAsync([HarpoonScene.Target(server.Port)]);

        var result = await scene.CallAsync($$"""{"label":"tickets","method":"GET"{{member}} }""");

        result["error_code"]!.GetValue<string>().ShouldBe("callout.redirect_refused");
    }

    [Theory] // then the redirect is the result
    [InlineData("http://127.0.0.1:PORT/api/closed", "harpoon://closed")]
    [InlineData("http://127.0.0.1:PORT/api/other", "http://127.0.0.1:PORT/api/other")]
    [InlineData("/api/closed", "/api/closed")]
    public async Task Redirect_NotFollowed_IsTheResult(string location, string shown)
    {
        var port = 0;
        await using var server = HarpoonScene.Paths(_ =>
            $"HTTP/1.1 302 Found\r\nLocation: {location.Replace("PORT", $"{port}", StringComparison.Ordinal)}\r\nContent-Length: 0\r\n\r\n"
        );
        port = server.Port;
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                ResponseHeaders = ["location"],
            },
            HarpoonScene.Target(server.Port, "closed", "/api/closed"),
        ]);

        var result = await scene.CallAsync("""{"label":"tickets","method":"GET","follow_redirects":false}""");

        result["status_code"]!.GetValue<int>().ShouldBe(302);
        result["headers"]!["Location"]![0]!
            .GetValue<string>()
            .ShouldBe(shown.Replace("PORT", $"{server.Port}", StringComparison.Ordinal));
        await server.NextAsync();
        server.Connections.ShouldBe(1);
    }

    [Theory] // S27
    [InlineData("127.0.0.1", "127.0.0.0/8", null)]
    [InlineData("127.0.0.1", "10.0.0.0/8", "callout.address_refused")]
    [InlineData("::ffff:127.0.0.1", "10.0.0.0/8", "callout.address_refused")]
    [InlineData("169.254.169.254", "0.0.0.0/0", "callout.address_refused")]
    [InlineData("169.254.169.254", "169.254.169.254/32", "callout.address_refused")]
    [InlineData("fe80::1", "::/0", "callout.address_refused")]
    public async Task ResolvedAddress_MustBeAllowed(string address, string range, string? code)
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        var target = HarpoonScene.Target(server.Port) with
        {
            Url = new Uri($"http://tickets.internal:{server.Port}/api/open"),
            AllowedRanges = Support.Tunnel.Ranges(range),
        };
        await using var scene = await HarpoonScene.StartAsync([target], resolver: new ScriptedResolver([address]));

        ((string?)(await scene.CallAsync(Get))["error_code"]).ShouldBe(code);
    }

    [Fact] // a listed name that rebinds is checked at each connection
    public async Task ResolvedAddress_ThatChanges_IsCheckedAgain()
    {
        await using var server = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                var answer = HarpoonScene.Answer("pong", "Connection: close\r\n");
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), token);
                return false;
            }
        );
        var target = HarpoonScene.Target(server.Port) with
        {
            Url = new Uri($"http://tickets.internal:{server.Port}/api/open"),
        };
        await using var scene = await HarpoonScene.StartAsync(
            [target],
            resolver: new ScriptedResolver(["127.0.0.1"], ["192.0.2.1"])
        );

        HarpoonScene.BodyOf(await scene.CallAsync(Get)).ShouldBe("pong");
        (await scene.CallAsync(Get))["error_code"]!.GetValue<string>().ShouldBe("callout.address_refused");
    }

    [Fact] // S38: what describes the caller or its connection is left out
    public async Task Headers_OfTheCallerItself_AreLeftOut()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("pong"));
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                RequestHeaders = ["X-Trace", "X-Nominated", "Cookie", "User-Agent"],
            },
        ]);

        var called = await scene.CallAsync(
            """
            {"label":"tickets","method":"GET","headers":{"X-Trace":"t-1","Connection":"X-Nominated, close","X-Nominated":"n",
            "User-Agent":"provider/1","Cookie":"a=b","Accept-Encoding":"gzip","Host":"evil.example","Content-Length":"99",
            "Transfer-Encoding":"chunked","Proxy-Authorization":"Basic x","TE":"trailers","Via":"1.1 x","Forwarded":"for=1.2.3.4",
            "X-Forwarded-For":"1.2.3.4","X-Real-IP":"1.2.3.4","True-Client-IP":"1.2.3.4","CF-Connecting-IP":"1.2.3.4",
            "X-HTTP-Method-Override":"DELETE","X-Method-Override":"DELETE","X_Trace":"forged"}}
            """
        );

        HarpoonScene.BodyOf(called).ShouldBe("pong");
        var request = await server.NextAsync();
        request.Header("X-Trace").ShouldBe(["t-1"]);
        request.Header("Host").ShouldBe([$"127.0.0.1:{server.Port}"]);
        request
            .Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(l => l[..l.IndexOf(':', StringComparison.Ordinal)])
            .ShouldBe(["Host", "X-Trace"], ignoreOrder: true);
    }

    [Fact] // known URLs become harpoon://label, and everything else stays byte for byte
    public async Task Body_Json_KnownUrlsAreReplaced()
    {
        var port = 0;
        await using var server = HarpoonScene.Paths(_ => HarpoonScene.Answer(Document(port)));
        port = server.Port;
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                MaxResponseBytes = 4096,
            },
            HarpoonScene.Target(server.Port, "dcr", "/register"),
        ]);

        var called = await scene.CallAsync(Get);

        HarpoonScene
            .BodyOf(called)
            .ShouldBe(
                Document(port)
                    .Replace(
                        $"\"exact\" : \"http://127.0.0.1:{port}/register\"",
                        "\"exact\" : \"harpoon://dcr\"",
                        StringComparison.Ordinal
                    )
                    .Replace($"\"HTTP://127.0.0.1:{port}/register\"", "\"harpoon://dcr\"", StringComparison.Ordinal)
                    .Replace(
                        $"\"http:\\/\\/127.0.0.1:{port}\\/register\"",
                        "\"harpoon://dcr\"",
                        StringComparison.Ordinal
                    )
            );
        called["body_size_bytes"]!
            .GetValue<int>()
            .ShouldBe(Convert.FromBase64String(called["body_base64"]!.GetValue<string>()).Length);

        static string Document(int port) =>
            $$$"""
                { "exact" : "http://127.0.0.1:{{{port}}}/register", "big": 12345678901234567890.10,
                  "list": ["HTTP://127.0.0.1:{{{port}}}/register", "http:\/\/127.0.0.1:{{{port}}}\/register", 1e3],
                  "path": "http://127.0.0.1:{{{port}}}/register/", "query": "http://127.0.0.1:{{{port}}}/register?a",
                  "user": "http://u@127.0.0.1:{{{port}}}/register", "fragment": "http://127.0.0.1:{{{port}}}/register#a",
                  "inside": "see http://127.0.0.1:{{{port}}}/register", "http://127.0.0.1:{{{port}}}/register": null,
                  "issuer": "https://idp.example", "text": "\u00e9 h" }
                """;
    }

    [Theory] // RFC 9728 §3.3: the identity of a protected resource stays
    [InlineData("{\"resource\":\"URL\",\"jwks_uri\":\"URL\"}", "{\"resource\":\"URL\",\"jwks_uri\":\"harpoon://mcp\"}")]
    [InlineData("{\"inner\":{\"resource\":\"URL\"}}", "{\"inner\":{\"resource\":\"harpoon://mcp\"}}")]
    [InlineData("{\"resource\":[\"URL\"]}", "{\"resource\":[\"harpoon://mcp\"]}")]
    [InlineData("\"URL\"", "\"harpoon://mcp\"")]
    [InlineData("[\"URL\"]", "[\"harpoon://mcp\"]")]
    [InlineData("{\"a\":\"URL\"", "{\"a\":\"URL\"")] // not JSON
    [InlineData("{\"a\":\"URL\"} x", "{\"a\":\"URL\"} x")]
    [InlineData("{\"a\":\"URL\",\"b\":\"\\ud800\"}", "{\"a\":\"URL\",\"b\":\"\\ud800\"}")] // half a surrogate pair
    [InlineData("URL", "URL")]
    [InlineData("", "")]
    public async Task Body_OfEachShape_IsReplacedWhereItMayBe(string body, string shown)
    {
        var port = 0;
        await using var server = HarpoonScene.Paths(_ => HarpoonScene.Answer(Fill(body)));
        port = server.Port;
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                MaxResponseBytes = 4096,
            },
            HarpoonScene.Target(server.Port, "mcp", "/mcp"),
        ]);

        HarpoonScene.BodyOf(await scene.CallAsync(Get)).ShouldBe(Fill(shown));

        string Fill(string text) => text.Replace("URL", $"http://127.0.0.1:{port}/mcp", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Location", "URL", "harpoon://dcr")]
    [InlineData("Content-Location", "URL", "harpoon://dcr")]
    [InlineData("Link", "<URL>; rel=\"a\", <URL/x>; rel=\"b\"", "<harpoon://dcr>; rel=\"a\", <URL/x>; rel=\"b\"")]
    [InlineData("X-Other", "URL", "URL")]
    public async Task Headers_KnownUrls_AreReplaced(string name, string value, string shown)
    {
        var port = 0;
        await using var server = HarpoonScene.Paths(_ => HarpoonScene.Answer("", $"{name}: {Fill(value)}\r\n"));
        port = server.Port;
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                ResponseHeaders = [name],
            },
            HarpoonScene.Target(server.Port, "dcr", "/register"),
        ]);

        var called = await scene.CallAsync(Get);

        string.Join(", ", called["headers"]![name]!.AsArray().Select(v => v!.GetValue<string>())).ShouldBe(Fill(shown));

        string Fill(string text) => text.Replace("URL", $"http://127.0.0.1:{port}/register", StringComparison.Ordinal);
    }

    [Fact] // a private DCR endpoint is found in the metadata, and callable by its label
    public async Task RegistrationEndpoint_OfTheMetadata_IsCallableByItsLabel()
    {
        var port = 0;
        await using var server = HarpoonScene.Paths(path =>
            HarpoonScene.Answer(
                path == "/register"
                    ? """{"client_id":"c"}"""
                    : $$"""{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/authorize","registration_endpoint":"http://127.0.0.1:{{port}}/register"}"""
            )
        );
        port = server.Port;
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port, "metadata", "/.well-known/oauth-authorization-server") with
            {
                MaxResponseBytes = 4096,
            },
            HarpoonScene.Target(server.Port, "dcr", "/register"),
        ]);

        var metadata = JsonNode.Parse(
            HarpoonScene.BodyOf(await scene.CallAsync("""{"label":"metadata","method":"GET","headers":{}}"""))
        )!;
        var registered = await scene.CallAsync("""{"label":"dcr","method":"POST","body":"{}"}""");

        metadata["registration_endpoint"]!.GetValue<string>().ShouldBe("harpoon://dcr");
        metadata["authorization_endpoint"]!.GetValue<string>().ShouldBe("https://idp.example/authorize");
        HarpoonScene.BodyOf(registered).ShouldBe("""{"client_id":"c"}""");
    }

    [Theory] // off-origin private metadata rejected {exact_issuer, issuer_mismatch, private_prmd_resource_anchor}
    [InlineData("{\"resource\":\"https://mcp.example/mcp\",\"authorization_servers\":[\"http://127.0.0.1:PORT\"]}")]
    [InlineData(
        "{\"resource\":\"https://mcp.example/mcp\",\"authorization_servers\":[\"http://127.0.0.1:PORT/other\"]}"
    )]
    [InlineData("{\"resource\":\"http://127.0.0.1:PORT/mcp\",\"authorization_servers\":[]}")]
    public async Task Discovery_PoisonedDocument_AddsNoTarget(string document)
    {
        await using var inside = RawUpstream.Answering(HarpoonScene.Answer("{}"));
        document = document.Replace("PORT", $"{inside.Port}", StringComparison.Ordinal);
        await using var scene = await HarpoonScene.StartAsync(
            [HarpoonScene.Target(1)],
            server: HarpoonScene.Paths(_ => LongPollScene.Json(document))
        );
        var before = await scene.UseAsync("list_targets", "{}");
        scene.Plane.Enqueue(type: "oauth_discovery");

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(document);

        (await scene.UseAsync("list_targets", "{}")).ToJsonString().ShouldBe(before.ToJsonString());
        (await scene.CallAsync("""{"label":"oauth-prmd-auth-server-0","method":"GET"}"""))["error_code"]!
            .GetValue<string>()
            .ShouldBe("callout.target_unknown");
        inside.Connections.ShouldBe(0);
    }

    [Fact] // redaction: URLs, headers and bodies are in no line of the log
    public async Task Calls_AreLogged_WithoutWhatTheCallerAndTheTargetWrote()
    {
        await using var server = RawUpstream.Answering(HarpoonScene.Answer("canary-in-call-1"));
        await using var scene = await HarpoonScene.StartAsync([
            HarpoonScene.Target(server.Port) with
            {
                Tags = ["token-endpoint"],
                MaxRequestBytes = 20,
            },
        ]);

        await scene.CallAsync(
            """{"label":"tickets","method":"POST","headers":{"X-Trace":"canary-in-call-2"},"body":"canary-in-call-3"}"""
        );
        await scene.CallAsync("""{"label":"canary-in-call-4","method":"GET"}""");
        await scene.UseAsync("get_oauth_target_audience", """{"label":"tickets"}""");
        await scene.UseAsync("get_oauth_target_audience", """{"label":"canary-in-call-5"}""");

        var log = scene.Scene.Log.Text; // a line is written before its answer is sent
        log.ShouldContain("Callout on route callouts");
        log.ShouldContain("to tickets: answered, status 200, 16 bytes");
        log.ShouldContain("to unknown: callout.target_unknown");
        log.ShouldContain("to tickets: audience, status 0, 0 bytes");
        log.ShouldNotContain("canary-in-call");
        log.ShouldNotContain($":{server.Port}/api");
    }
}
