using System.Text;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Addresses;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>S46: no answer leads a client to an address inside the network.</summary>
public sealed class UpstreamAddressesTests
{
    private const string Public = "https://docs.t1.example.test:9443";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory] // PORT is the upstream's
    [InlineData("http://127.0.0.1:PORT/mcp/", Public + "/mcp/")]
    [InlineData("HTTP://127.0.0.1:PORT/a%2Fb?c=d#e", Public + "/a%2Fb?c=d#e")]
    [InlineData("http://localhost:PORT/mcp/", Public + "/mcp/")]
    [InlineData("http://LocalHost.:PORT/mcp/", Public + "/mcp/")]
    [InlineData("https://127.0.0.1:PORT", Public)]
    [InlineData("//127.0.0.1:PORT/mcp/", Public + "/mcp/")]
    [InlineData("\\\\127.0.0.1:PORT/mcp/", Public + "/mcp/")]
    [InlineData("http://user@127.0.0.1:PORT/x", Public + "/x")]
    [InlineData("http://docs.corp.internal/mcp/", Public + "/mcp/")] // host_header
    [InlineData("https://docs.corp.internal:443/mcp/", Public + "/mcp/")]
    [InlineData("http://docs.t1.example.test/mcp/", Public + "/mcp/")] // what Forwarded told it
    [InlineData("https://docs.t1.example.test/mcp/", "https://docs.t1.example.test/mcp/")]
    [InlineData("/mcp/", "/mcp/")]
    [InlineData("mcp/", "mcp/")]
    [InlineData("?page=2", "?page=2")]
    [InlineData("https://login.example.com/authorize?x=1", "https://login.example.com/authorize?x=1")]
    public async Task Location_OfTheUpstreamItself_BecomesTheRoutes(string written, string expected)
    {
        foreach (var name in new[] { "Location", "Content-Location" })
        {
            var (head, _) = await CallAsync(port => $"{name}: {Fill(written, port)}\r\n");

            head.ShouldContain($"\r\n{name}: {expected}\r\n");
        }
    }

    [Theory]
    [InlineData("http://10.1.2.3/mcp/")]
    [InlineData("http://127.0.0.1:1/mcp/")]
    [InlineData("http://[fd00::1]:8080/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://other.corp.internal/")]
    [InlineData("http://mcp-backend/")]
    [InlineData("//mcp.svc.cluster.local/")]
    [InlineData("http://127.0.0.1:1/callback?code=abc&state=s", false)]
    public async Task Location_OfAnotherInnerAddress_IsRefusedWithAReason(string written, bool isPassthrough = true)
    {
        foreach (
            var line in new[] { $"Location: {written}", $"Content-Location: {written}", $"Link: <{written}>; rel=next" }
        )
        {
            var mode = isPassthrough ? OauthMode.Passthrough : OauthMode.DangerousNone;
            var (head, body) = await CallAsync(_ => line + "\r\n", mode: mode);

            head.ShouldStartWith("HTTP/1.1 502 ");
            head.ShouldContain("culvert-reason: upstream.inner_address\r\n");
            (head + body).ShouldNotContain(new Uri(written.StartsWith('/') ? "http:" + written : written).Host);
        }
    }

    [Fact]
    public async Task Location_OfAnotherInnerAddress_MayBePassed()
    {
        var (head, _) = await CallAsync(
            _ => "Location: http://10.1.2.3/mcp/\r\n",
            s => s with { InnerAddresses = InnerAddresses.Pass }
        );

        head.ShouldContain("\r\nLocation: http://10.1.2.3/mcp/\r\n");
    }

    [Fact] // RFC 8252 §7.3: it is the user's own machine
    public async Task Location_AnswerOfAnAuthorizationServer_ReachesTheClientsOwnMachine()
    {
        var (head, _) = await CallAsync(_ => "Location: http://127.0.0.1:49152/callback?code=abc&state=s\r\n");

        head.ShouldContain("\r\nLocation: http://127.0.0.1:49152/callback?code=abc&state=s\r\n");
    }

    [Fact]
    public async Task Link_SeveralTargets_EachIsRewritten()
    {
        var (head, _) = await CallAsync(port =>
            $"Link: <http://127.0.0.1:{port}/a>; rel=\"next\", </b>; rel=prev, <https://docs.example.com/c>\r\n"
        );

        head.ShouldContain($"\r\nLink: <{Public}/a>; rel=\"next\", </b>; rel=prev, <https://docs.example.com/c>\r\n");
    }

    [Fact]
    public async Task Challenge_OfTheUpstream_LeadsToTheRoute()
    {
        var (head, _) = await CallAsync(port =>
            $"WWW-Authenticate: Bearer resource_metadata=\"http://127.0.0.1:{port}/.well-known/oauth-protected-resource\"\r\n"
        );

        head.ShouldContain($"resource_metadata=\"{Public}/.well-known/oauth-protected-resource\"\r\n");
    }

    [Fact]
    public async Task Metadata_OfTheUpstream_NamesTheRoute()
    {
        await using var upstream = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                var own = $"http://{request.Header("Host").Single()}";
                var body =
                    $$"""{"resource":"{{own}}/mcp","authorization_servers":["{{own}}","https://login.example.com"],"n":1}""";
                var head =
                    $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"1\"\r\nContent-Length: {body.Length}\r\n\r\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body), token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (answer, document) = await client.CallAsync(
            $"GET /.well-known/oauth-protected-resource/mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}:9443\r\n\r\n"
        );

        answer.ShouldNotContain("\nETag: ");
        document.ShouldBe(
            $$"""{"resource":"{{Public}}/mcp","authorization_servers":["{{Public}}","https://login.example.com"],"n":1}"""
        );
    }

    [Theory] // MCP before 2025-03-26
    [InlineData("http://127.0.0.1:PORT/messages?session=1", Public + "/messages?session=1")]
    [InlineData("/messages?session=1", "/messages?session=1")]
    public async Task EndpointEvent_NamesTheRoute(string written, string expected)
    {
        await using var upstream = EventUpstream(port =>
            $": hello\n\nevent: endpoint\ndata: {Fill(written, port)}\n\nevent: message\ndata: {{}}\n\n"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        var body = await client.GetStringAsync(new Uri(Public + "/sse"), Token);

        body.ShouldBe($": hello\n\nevent: endpoint\ndata: {expected}\n\nevent: message\ndata: {{}}\n\n");
    }

    [Fact]
    public async Task EndpointEvent_OfAnotherInnerAddress_EndsTheStream()
    {
        await using var upstream = EventUpstream(_ => "event: endpoint\ndata: http://10.1.2.3/messages\n\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.SendAsync($"GET /sse HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");
        var text = await client.ReadToEndAsync();

        text.ShouldNotContain("//10.1.2.3/messages");
        text.ShouldNotEndWith("0\r\n\r\n"); // cut off, never a shorter complete answer
    }

    [Theory] // the address must not pass however the stream is written, and wherever it ends
    [InlineData("Text/Event-Stream", "event: endpoint\ndata: http://10.1.2.3/messages\n\n")]
    [InlineData("text/event-stream;", "event: endpoint\ndata: http://10.1.2.3/messages\n\n")]
    [InlineData("text/event-stream", "\u00EF\u00BB\u00BFevent: endpoint\ndata: http://10.1.2.3/messages\n\n")]
    [InlineData("text/event-stream", "event: endpoint\rdata: http://10.1.2.3/messages\r\r")]
    [InlineData("text/event-stream", "event: endpoint\ndata: http://10.1.2.3/messages\n")]
    [InlineData("text/event-stream", "data: http://10.1.2.3/messages\nevent: endpoint")]
    public async Task EndpointEvent_InAnyForm_ShowsNoInnerAddress(string type, string body)
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                var head = $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.Latin1.GetBytes(head + body), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.SendAsync($"GET /sse HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nConnection: close\r\n\r\n");
        var text = await client.ReadToEndAsync();

        text.ShouldNotContain("//10.1.2.3/messages");
    }

    [Theory] // what is left of an event that never ended is not an event
    [InlineData("event: endpoint\rdata: http://127.0.0.1:1/m\r\r", "event: endpoint\ndata: https://route/m\n\n")]
    [InlineData(": hi\n\nevent: endpoint\ndata: http://127.0.0.1:1/m\n", ": hi\n\n")]
    [InlineData("data: a\r\r", "data: a\r\r")]
    public void EndpointEvent_AtTheEndOfTheStream_PassesWholeEventsAlone(string stream, string expected)
    {
        var filter = new EndpointEvent(_ => "https://route/m");

        var passed = Encoding.UTF8.GetString(filter.Add(Encoding.UTF8.GetBytes(stream)).Span);
        passed += Encoding.UTF8.GetString(filter.End().Span);

        passed.ShouldBe(expected);
        filter.IsOver.ShouldBeTrue();
    }

    [Fact] // by whatever pieces it comes
    public void EndpointEvent_InPieces_IsRewrittenOnceAndTheRestPasses()
    {
        const string Stream =
            "event: endpoint\r\ndata: http://127.0.0.1:1/m\r\n\r\ndata: http://127.0.0.1:1/m\r\n\r\nda";
        for (var size = 1; size < 40; size++)
        {
            var filter = new EndpointEvent(_ => "https://route/m");
            var passed = new StringBuilder();
            foreach (var piece in Encoding.UTF8.GetBytes(Stream).Chunk(size))
            {
                passed.Append(Encoding.UTF8.GetString(filter.IsOver ? piece : filter.Add(piece).Span));
            }

            passed.Append(Encoding.UTF8.GetString(filter.End().Span));

            passed
                .ToString()
                .ShouldBe("event: endpoint\ndata: https://route/m\n\ndata: http://127.0.0.1:1/m\r\n\r\nda", $"{size}");
        }
    }

    private static string Fill(string text, int port) => text.Replace("PORT", $"{port}", StringComparison.Ordinal);

    private static RawUpstream EventUpstream(Func<string, string> body) =>
        RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                var port = request.Header("Host").Single().Split(':')[1];
                var head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body(port)), token);
                return false;
            }
        );

    private static string Fill(string text, string port) => text.Replace("PORT", port, StringComparison.Ordinal);

    private static async Task<(string Head, string Body)> CallAsync(
        Func<int, string> header,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        OauthMode mode = OauthMode.Passthrough
    )
    {
        var port = 0;
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                var answer = $"HTTP/1.1 307 Temporary Redirect\r\n{header(port)}Content-Length: 0\r\n\r\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), token);
                return true;
            }
        );
        port = upstream.Port;
        await using var tunnel = new Support.Tunnel();
        tunnel.Add(
            "docs",
            port,
            RouteAccess.Open(mode),
            s => (change?.Invoke(s) ?? s) with { HostHeader = "docs.corp.internal" }
        );
        await tunnel.StartAsync();
        await using var client = new RawClient(await tunnel.ConnectAsync());
        return await client.CallAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}:9443\r\nContent-Length: 0\r\n\r\n"
        );
    }
}
