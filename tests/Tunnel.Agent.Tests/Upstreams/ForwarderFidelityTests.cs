using System.Net;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>P4, P6: what crosses the agent unchanged, and what does not cross.</summary>
public sealed class ForwarderFidelityTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/")]
    [InlineData("/a%2Fb//c/./d/../e?x=1&x=2&y=%20+&z")]
    [InlineData("/%7Euser/%e2%82%ac;v=1,2?q='(*)!'&r=[]|^`{}\"<>\\")]
    [InlineData("/?")]
    [InlineData("//double")]
    [InlineData("/a#b")]
    public async Task Forward_Target_ArrivesByteForByte(string target)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"GET {target} HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        (await upstream.NextAsync()).RequestLine.ShouldBe($"GET {target} HTTP/1.1");
    }

    [Fact]
    public async Task Forward_AbsoluteForm_BecomesOriginForm()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.CallAsync(
            $"GET https://{Support.Tunnel.Host}/a%2Fb?c HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n"
        );

        (await upstream.NextAsync()).RequestLine.ShouldBe("GET /a%2Fb?c HTTP/1.1");
    }

    [Fact]
    public async Task Forward_AsteriskForm_Is400()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"OPTIONS * HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 400 ");
        head.ShouldContain("culvert-reason: agent.bad_target\r\n");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    [InlineData("QUERY")]
    [InlineData("M-SEARCH")]
    public async Task Forward_Method_IsKept(string method)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.CallAsync($"{method} /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        (await upstream.NextAsync()).RequestLine.ShouldBe($"{method} /mcp HTTP/1.1");
    }

    [Fact]
    public async Task Forward_RequestHeaders_KeepsTheUnknownAndDropsTheHops()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s => s with { HostHeader = "localhost:1234" },
            origins: "https://app.example"
        );
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.CallAsync(
            "POST /mcp HTTP/1.1\r\n"
                + $"Host: {Support.Tunnel.Host}:9443\r\n"
                + "Origin: https://app.example\r\n"
                + "Mcp-Session-Id: 5f-abc!~\r\n"
                + "Mcp-Protocol-Version: 2026-07-28\r\n"
                + "Mcp-Param-Name: =?base64?4pyT?=\r\n"
                + "X-Bytes: caf\u00e9\r\n"
                + "Accept: application/json, text/event-stream\r\n"
                + "Content-Type: application/json; charset=\"utf-8\"\r\n"
                + "X-Twice: one\r\nX-Twice: two\r\n"
                + "X-Hop: gone\r\nConnection: X-Hop\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n"
                + "Upgrade: websocket\r\n"
                + "Forwarded: for=203.0.113.66\r\n"
                + "Culvert-Reason: spoofed\r\nCulvert-Failed-Hop: edge\r\n"
                + "Content-Length: 2\r\n\r\n{}"
        );

        var request = await upstream.NextAsync();
        request.Header("Host").ShouldBe(["localhost:1234"]);
        request.Header("Mcp-Session-Id").ShouldBe(["5f-abc!~"]);
        request.Header("Mcp-Protocol-Version").ShouldBe(["2026-07-28"]);
        request.Header("Mcp-Param-Name").ShouldBe(["=?base64?4pyT?="]);
        request.Header("X-Bytes").ShouldBe(["caf\u00e9"]);
        request.Header("Accept").ShouldBe(["application/json, text/event-stream"]);
        request.Header("Content-Type").ShouldBe(["application/json; charset=\"utf-8\""]);
        string.Join(", ", request.Header("X-Twice")).ShouldBe("one, two");
        request.Header("Content-Length").ShouldBe(["2"]);
        request.Header("Forwarded").ShouldBe([$"for=192.0.2.7;host=\"{Support.Tunnel.Host}:9443\";proto=https"]);
        foreach (
            var gone in (string[])
                [
                    "X-Hop",
                    "Connection",
                    "Keep-Alive",
                    "Proxy-Authorization",
                    "Proxy-Connection",
                    "TE",
                    "Upgrade",
                    "Origin",
                    "Culvert-Reason",
                    "Culvert-Failed-Hop",
                    "traceparent",
                    "Transfer-Encoding",
                ]
        )
        {
            request.Header(gone).ShouldBeEmpty(gone);
        }

        request.BodyText.ShouldBe("{}");
    }

    // P10: while it waits for 100 the HTTP client would count a POST as not yet sent, and send its head again.
    [Fact]
    public async Task Forward_ExpectContinue_IsMetHereAndNotPassedOn()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();
        using var call = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent("{}") };
        call.Headers.ExpectContinue = true;

        using var response = await client.SendAsync(call, TestContext.Current.CancellationToken);

        response.IsSuccessStatusCode.ShouldBeTrue();
        var request = await upstream.NextAsync();
        request.Header("Expect").ShouldBeEmpty();
        request.BodyText.ShouldBe("{}");
    }

    [Fact]
    public async Task Forward_GetWithoutBody_AddsNothing()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.CallAsync($"GET /x HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        var lines = (await upstream.NextAsync()).Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Skip(1).Select(l => l[..l.IndexOf(':')]).Order().ShouldBe(["Forwarded", "Host"]);
    }

    [Theory]
    [InlineData(200, "OK")]
    [InlineData(202, "Accepted")]
    [InlineData(299, "Whatever It Says")]
    [InlineData(307, "Temporary Redirect")]
    [InlineData(400, "Bad Request")]
    [InlineData(401, "Unauthorized")]
    [InlineData(404, "Not Found")]
    [InlineData(405, "Method Not Allowed")]
    [InlineData(421, "Misdirected Request")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(503, "Service Unavailable")]
    public async Task Forward_StatusAndBody_AreNeverReplaced(int status, string phrase)
    {
        const string Body = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"mine\"}}";
        await using var upstream = RawUpstream.Answering(
            $"HTTP/1.1 {status} {phrase}\r\nContent-Type: application/json\r\nLocation: /elsewhere\r\n"
                + "WWW-Authenticate: Bearer resource_metadata=\"http://x/\"\r\n"
                + $"Content-Length: {Body.Length}\r\n\r\n{Body}"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, body) = await client.CallAsync($"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        head.ShouldStartWith($"HTTP/1.1 {status} {phrase}\r\n");
        head.ShouldContain("\r\nWWW-Authenticate: Bearer resource_metadata=\"http://x/\"\r\n");
        head.ShouldContain("\r\nLocation: /elsewhere\r\n");
        body.ShouldBe(Body);
    }

    [Fact]
    public async Task Forward_ResponseHeaders_KeepsLinesApartAndDropsTheHops()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nSet-Cookie: b=2\r\n"
                + "Mcp-Session-Id: s\u00e9\r\nX-Accel-Buffering: no\r\nCache-Control: no-cache, no-transform\r\n"
                + "Connection: X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\n"
                + "Culvert-Reason: agent.route_unknown\r\nculvert-failed-hop: agent\r\nRequest-Id: theirs\r\n"
                + "Server: theirs/1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, body) = await client.CallAsync($"GET / HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        head.ShouldContain("\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\nSet-Cookie: b=2\r\n");
        head.ShouldContain("\r\nMcp-Session-Id: s\u00e9\r\n");
        head.ShouldContain("\r\nX-Accel-Buffering: no\r\n");
        head.ShouldContain("\r\nCache-Control: no-cache, no-transform\r\n");
        head.ShouldContain("\r\nRequest-Id: theirs\r\n");
        head.ShouldContain("\r\nServer: theirs/1\r\n");
        head.ShouldContain("\r\nContent-Encoding: gzip\r\n");
        foreach (var gone in (string[])["X-Private", "Keep-Alive", "Proxy-Authenticate", "culvert-"])
        {
            head.ShouldNotContain($"\r\n{gone}", Case.Insensitive);
        }

        body.ShouldBe("ok");
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public async Task Forward_AnswerWithoutBody_KeepsTheConnection(string answer)
    {
        await using var upstream = RawUpstream.Answering(answer);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync("/mcp", TestContext.Current.CancellationToken);
            ((int)response.StatusCode).ShouldBe(
                int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture)
            );
            (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Forward_Head_KeepsTheLengthOfWhatGetWouldSend()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var request = new HttpRequestMessage(HttpMethod.Head, "/mcp");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentLength.ShouldBe(1234);
    }

    [Fact]
    public async Task Forward_InformationalAnswer_IsSkipped()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("ok");
    }

    [Fact]
    public async Task Forward_SwitchingProtocols_Is502()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-reason").ShouldBe(["upstream.bad_response"]);
    }

    [Fact]
    public async Task Forward_ExpectContinue_SendsTheBodyAfterTheUpstreamAgreed()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        );
        (await client.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 100 ");
        await client.SendAsync("{}");

        (await client.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await upstream.NextAsync()).BodyText.ShouldBe("{}");
    }

    [Fact]
    public async Task Forward_Http2_JoinsCookiesAndPassesTrailers()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: HttpVersion.Version20);
        client.DefaultRequestHeaders.Add("Cookie", "a=1; b=2");

        using var response = await client.GetAsync("/mcp?x", TestContext.Current.CancellationToken);

        response.Version.ShouldBe(HttpVersion.Version20);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("ok");
        response.TrailingHeaders.GetValues("X-Sum").ShouldBe(["7"]);
        var request = await upstream.NextAsync();
        request.RequestLine.ShouldBe("GET /mcp?x HTTP/1.1");
        request.Header("Cookie").ShouldBe(["a=1; b=2"]);
    }
}
