using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Answers that the agent makes itself: which, when, and in what shape.</summary>
public sealed class ForwarderFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OwnAnswer_Shape_IsStable()
    {
        await using var tunnel = await Support.Tunnel.StartAsync(LoopbackPort.Free());
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/secret-of-the-caller?token=x", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-failed-hop").ShouldBe(["upstream"]);
        response.Headers.GetValues("culvert-reason").ShouldBe(["upstream.connect_failed"]);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var requestId = response.Headers.GetValues("request-id").Single();
        requestId.ShouldMatch("^req_01[0-9A-Za-z]{22}$");
        var text = await response.Content.ReadAsStringAsync(Token);
        text.ShouldNotContain("secret-of-the-caller");
        using var json = JsonDocument.Parse(text);
        json.RootElement.GetProperty("type").GetString().ShouldBe("error");
        json.RootElement.GetProperty("request_id").GetString().ShouldBe(requestId);
        var error = json.RootElement.GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("api_error");
        error.GetProperty("details").GetProperty("error_code").GetString().ShouldBe("upstream.connect_failed");
        error.GetProperty("details").GetProperty("failed_hop").GetString().ShouldBe("upstream");
    }

    [Fact]
    public async Task Forward_HostOfAnotherName_Is421()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"GET / HTTP/1.1\r\nHost: other.{Support.Tunnel.Domain}\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 421 ");
        head.ShouldContain("culvert-failed-hop: agent\r\n");
        head.ShouldContain("culvert-reason: agent.host_mismatch\r\n");
    }

    [Theory] // RFC 9112 §3.2: an empty value is not a server name
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost:\r\n\r\n")]
    public async Task Forward_WithoutAHost_Is421AndReachesNobody(string request)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync(request);

        head.ShouldStartWith("HTTP/1.1 421 ");
        head.ShouldContain("culvert-reason: agent.host_mismatch\r\n");
        upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("zz\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhelloXX0\r\n\r\n")]
    public async Task Forward_MalformedChunk_IsTheClientsFault(string body)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync(
            $"POST / HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
        );

        head.ShouldStartWith("HTTP/1.1 400 ");
        head.ShouldContain("culvert-failed-hop: agent\r\n");
        head.ShouldContain("culvert-reason: agent.body_malformed\r\n");
    }

    [Fact] // RFC 8441: on HTTP/2 a CONNECT carries a path, so it looks like any other request
    public async Task Forward_ExtendedConnect_IsRefusedAndReachesNobody()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: HttpVersion.Version20);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await Should.ThrowAsync<WebSocketException>(() =>
            socket.ConnectAsync(new Uri($"wss://{Support.Tunnel.Host}:9443/mcp"), client, Token)
        );

        upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("trace")]
    public async Task Forward_Trace_IsRefusedAndReachesNobody(string method)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"{method} /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 405 ");
        head.ShouldContain("\r\nAllow: GET, ");
        head.ShouldContain("culvert-reason: agent.method_refused\r\n");
        upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Forward_UnknownLabel_Is404()
    {
        await using var tunnel = await Support.Tunnel.StartAsync(LoopbackPort.Free());
        using var client = tunnel.Client("nothere." + Support.Tunnel.Domain);

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Headers.GetValues("culvert-reason").ShouldBe(["agent.route_unknown"]);
    }

    [Fact]
    public async Task Forward_BareDomain_IsServedWhenARouteAsks()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbare");
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("@", upstream.Port);
        await tunnel.StartAsync();
        using var client = tunnel.Client(Support.Tunnel.Domain);

        (await client.GetStringAsync("/", Token)).ShouldBe("bare");
    }

    [Fact]
    public async Task Forward_PausedTunnel_Is503()
    {
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("docs", LoopbackPort.Free());
        await tunnel.StartAsync(active: false);
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.GetValues("culvert-reason").ShouldBe(["agent.tunnel_inactive"]);
    }

    [Theory]
    [InlineData("https://app.example", 200)]
    [InlineData("https://APP.example", 403)]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    public async Task Forward_Origin_MustBeAllowed(string origin, int status)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port, origins: "https://app.example");
        using var client = tunnel.Client();
        client.DefaultRequestHeaders.Add("Origin", origin);

        using var response = await client.GetAsync("/", Token);

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Forward_AllConnectionsInUse_Is503AtOnce()
    {
        var hold = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), token);
                await hold.Task.WaitAsync(token);
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port, s => s with { MaxConnections = 1 });
        using var client = tunnel.Client();
        using var held = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);

        using var second = await client.GetAsync("/", Token);

        second.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        second.Headers.GetValues("culvert-reason").ShouldBe(["upstream.busy"]);
        second.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        hold.SetResult();
        await held.Content.ReadAsByteArrayAsync(Token);
        using var third = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Forward_NoAnswer_Is504AfterTheHeadersTimeout()
    {
        var time = new FakeTimeProvider();
        var received = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                received.SetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var tunnel = new Support.Tunnel(time: time);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        using var client = tunnel.Client();

        var answer = client.GetAsync("/", Token);
        await received.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        answer.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));

        using var response = await answer;
        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        response.Headers.GetValues("culvert-reason").ShouldBe(["upstream.headers_timeout"]);
    }

    [Fact]
    public async Task Forward_SilentStream_IsCutAfterTheIdleTimeout()
    {
        var time = new FakeTimeProvider();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"u8.ToArray(),
                    token
                );
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var tunnel = new Support.Tunnel(time: time);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        using var client = tunnel.Client();
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);
        var body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[2], Token);

        time.Advance(TimeSpan.FromSeconds(31));

        await Should.ThrowAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], Token));
    }

    [Theory]
    [InlineData(60 * 1024, null)]
    [InlineData(65 * 1024, "upstream.headers_too_large")]
    public async Task Forward_LargeHeaders_AreNamedAsSuch(int length, string? reason)
    {
        var head = $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', length)}\r\nContent-Length: 0\r\n\r\n";
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var response = await client.PostAsync("/", new StringContent("{}"), Token);

        response.StatusCode.ShouldBe(reason is null ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        if (reason is not null)
        {
            response.Headers.GetValues("culvert-reason").ShouldBe([reason]);
        }
    }

    [Theory]
    [InlineData("garbage\r\n\r\n", "upstream.bad_response")]
    [InlineData("HTTP/1.1 200 OK\r\nBad Header: x\r\nContent-Length: 0\r\n\r\n", "upstream.bad_response")]
    [InlineData("", "upstream.closed")]
    public async Task Forward_AnswerThatIsNone_Is502(string answer, string reason)
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var response = await client.PostAsync("/", new StringContent("{}"), Token);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("culvert-reason").ShouldBe([reason]);
    }

    [Theory]
    [InlineData(true, "127.0.0.1", null)]
    [InlineData(true, "other.example", "upstream.tls_failed")]
    [InlineData(false, "127.0.0.1", "upstream.tls_failed")]
    public async Task Forward_TlsUpstream_MustProveItsNameByATrustedCa(bool trusted, string name, string? reason)
    {
        var pki = new TunnelPki("Upstream CA");
        await using var upstream = RawUpstream.AnsweringOverTls(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            pki.Server("127.0.0.1")
        );
        await using var tunnel = await Support.Tunnel.StartAsync(
            upstream.Port,
            s =>
                s with
                {
                    IsTls = true,
                    TlsServerName = name,
                    TlsCaPem = trusted ? pki.CaPem : new TunnelPki("Other").CaPem,
                    TlsSystemRoots = false,
                }
        );
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", Token);

        response.StatusCode.ShouldBe(reason is null ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        response.Headers.TryGetValues("culvert-reason", out var shown).ShouldBe(reason is not null);
        (shown?.Single()).ShouldBe(reason);
    }
}
