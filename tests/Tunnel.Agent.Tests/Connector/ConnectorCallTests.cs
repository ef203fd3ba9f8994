using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>What becomes of a call that a provider's connector brings, however it carries the bytes.</summary>
public sealed class ConnectorCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MessageShape.Whole, 1)]
    [InlineData(MessageShape.Whole, 2)]
    [InlineData(MessageShape.ByteByByte, 1)]
    [InlineData(MessageShape.Coalesced, 1)]
    [InlineData(MessageShape.Coalesced, 2)]
    [InlineData(MessageShape.Fragmented, 1)]
    [InlineData(MessageShape.Fragmented, 2)]
    [InlineData(MessageShape.WithPings, 1)]
    [InlineData(MessageShape.Tcp, 1)]
    [InlineData(MessageShape.Tcp, 2)]
    public async Task Call_AnyWayOfCarrying_IsByteForByte(MessageShape shape, int version)
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var client = scene.Client(shape, new Version(version, version == 1 ? 1 : 0));

        for (var i = 0; i < 2; i++)
        {
            var answer = await client.PostAsync("/mcp?x=1", Content(LongPollScene.Call), Token);

            (await answer.Content.ReadAsStringAsync(Token)).ShouldBe(LongPollScene.Result);
            var call = await scene.Server.NextAsync();
            call.RequestLine.ShouldBe("POST /mcp?x=1 HTTP/1.1");
            call.BodyText.ShouldBe(LongPollScene.Call);
            call.Header("Forwarded").ShouldBe([$"for=_connector;host={ConnectorScene.Host};proto=https"]);
        }

        scene.Agent.Status[0].LastConnection.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(MessageShape.Whole)]
    [InlineData(MessageShape.Coalesced)]
    [InlineData(MessageShape.WithPings)]
    [InlineData(MessageShape.Tcp)]
    public async Task Call_LargeBodies_AreWhole(MessageShape shape)
    {
        var large = new string('x', 1 << 20);
        await using var scene = await ConnectorScene.StartAsync(
            RawUpstream.Answering(LongPollScene.Json($"\"{large}\""))
        );
        using var client = scene.Client(shape);

        var answer = await client.PostAsync("/mcp", Content($"\"{large}\""), Token);

        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe($"\"{large}\"");
        (await scene.Server.NextAsync()).BodyText.ShouldBe($"\"{large}\"");
    }

    [Theory] // any path, any subprotocol
    [InlineData("/", null)]
    [InlineData("/tunnel/x?y=1", "mcp")]
    public async Task Connect_AnyPathAndProtocol_IsAccepted(string path, string? protocol)
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var socket = await scene.OpenSocketAsync(
            path,
            o =>
            {
                if (protocol is not null)
                {
                    o.AddSubProtocol(protocol);
                    o.AddSubProtocol("other");
                }
            }
        );

        socket.SubProtocol.ShouldBe(protocol);
        await using var tls = await scene.ConnectAsync(new ShapedStream(socket, MessageShape.Whole));
        tls.RemoteCertificate.ShouldNotBeNull();
    }

    [Fact] // as any other call: policy, record
    public async Task Call_PassesThePolicyAndIsRecorded()
    {
        var trail = new KeptTrail();
        var rules = Policies.Settings(
            Policies.Allow("provider", "echo") with
            {
                Sources = Support.Tunnel.Ranges("100::/64"),
            }
        );
        await using var scene = await ConnectorScene.StartAsync(policy: Policies.Route(rules), trail: trail);
        using var client = scene.Client();

        var allowed = await client.PostAsync("/mcp", Content(LongPollScene.Call), Token);
        (await allowed.Content.ReadAsStringAsync(Token)).ShouldBe(LongPollScene.Result);
        var refused = await client.PostAsync(
            "/mcp",
            Content(LongPollScene.Call.Replace("echo", "drop", StringComparison.Ordinal)),
            Token
        );
        (await refused.Content.ReadAsStringAsync(Token)).ShouldContain("Unknown tool: drop");

        await Eventually.UntilAsync(() => trail.Records.Count == 2, Token);
        var records = trail.Records.Cast<CallRecord>().ToList();
        records.Select(r => r.Decision).ShouldBe(["allow", "deny"]);
        records.ShouldAllBe(r => r.Host == ConnectorScene.Host && r.Route == "docs");
        records.ShouldAllBe(r => r.Connection.StartsWith($"{ConnectorScene.Domain}/", StringComparison.Ordinal));
    }

    [Fact] // OAuth-protected MCP server: 401 and challenge, discovery
    public async Task Call_OauthRoute_IsChallengedUnderTheProvidersName()
    {
        await using var oauth = new OauthFixture();
        await using var scene = await ConnectorScene.StartAsync(access: oauth.Access());
        using var client = scene.Client();

        var refused = await client.PostAsync("/mcp", Content(LongPollScene.Call), Token);

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldContain($"https://{ConnectorScene.Host}/.well-known/");
        scene.Server.Connections.ShouldBe(0);
        using var authorized = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = Content(LongPollScene.Call),
        };
        authorized.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            oauth.Token(resource: $"https://{ConnectorScene.Host}/mcp")
        );
        (await client.SendAsync(authorized, Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact] // Static MCP headers reach the server alone; notifications delivered in order
    public async Task Call_Events_ArriveOneByOne()
    {
        var more = new TaskCompletionSource();
        await using var scene = await ConnectorScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await stream.WriteAsync(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: 1\n\n"u8.ToArray(),
                        token
                    );
                    await more.Task.WaitAsync(token);
                    await stream.WriteAsync("data: 2\n\n"u8.ToArray(), token);
                    return false;
                }
            )
        );
        using var client = scene.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = Content(LongPollScene.Call) };

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));

        (await lines.ReadLineAsync(Token)).ShouldBe("data: 1");
        more.SetResult();
        (await lines.ReadLineAsync(Token)).ShouldBe("");
        (await lines.ReadLineAsync(Token)).ShouldBe("data: 2");
    }

    [Theory]
    [InlineData(MessageShape.Whole)]
    [InlineData(MessageShape.Tcp)]
    public async Task Call_ClientAborts_ReachesTheServer(MessageShape shape)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await ConnectorScene.StartAsync(WaitingFor(gone));
        var tls = await scene.ConnectAsync(shape);
        await tls.WriteAsync(Request, Token);
        await scene.Server.NextAsync();

        await tls.DisposeAsync(); // neither close_notify nor a Close frame is waited for

        await gone.Task.WaitAsync(Eventually.Limit, Token);
        await Eventually.UntilAsync(() => scene.Agent.Status[0].Open == 0, Token);
    }

    [Fact] // half of the connection is closed: as at the edges, the exchange ends
    public async Task Call_ClientClosesItsHalf_EndsTheExchange()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await ConnectorScene.StartAsync(WaitingFor(gone));
        using var tcp = await scene.DialAsync();
        await using var tls = await scene.ConnectAsync(tcp.GetStream());
        await tls.WriteAsync(Request, Token);
        await scene.Server.NextAsync();

        tcp.Client.Shutdown(SocketShutdown.Send);

        await gone.Task.WaitAsync(Eventually.Limit, Token);
    }

    [Fact] // a client that does not read stops the server
    public async Task Call_ClientDoesNotRead_StopsTheServer()
    {
        var written = 0L;
        await using var scene = await ConnectorScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await stream.WriteAsync(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(),
                        token
                    );
                    var chunk = new byte[64 * 1024];
                    while (true)
                    {
                        await stream.WriteAsync(chunk, token);
                        Interlocked.Add(ref written, chunk.Length);
                    }
                }
            )
        );
        var tls = await scene.ConnectAsync();
        await tls.WriteAsync(Request, Token);

        await Eventually.UntilAsync(() => Interlocked.Read(ref written) > 0, Token);
        await Eventually.SettlesAsync(() => Interlocked.Read(ref written), Token);

        Interlocked.Read(ref written).ShouldBeLessThan(64L << 20); // what sockets on the way hold, and no more
        await tls.DisposeAsync();
    }

    [Fact]
    public async Task Stop_CallUnderWay_Ends()
    {
        var more = new TaskCompletionSource();
        await using var scene = await ConnectorScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await more.Task.WaitAsync(token);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), token);
                    return true;
                }
            )
        );
        using var client = scene.Client();
        var calling = client.PostAsync("/mcp", Content(LongPollScene.Call), Token);
        await scene.Server.NextAsync();
        var address = scene.Address;

        scene.Agent.Use([]);
        await Eventually.UntilAsync(() => IsRefused(address), Token);
        more.SetResult();

        var answer = await calling;
        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe(LongPollScene.Result);
    }

    private static bool IsRefused(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static byte[] Request =>
        Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: {ConnectorScene.Host}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {LongPollScene.Call.Length}\r\n\r\n{LongPollScene.Call}"
        );

    private static RawUpstream WaitingFor(TaskCompletionSource gone) =>
        RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                try
                {
                    if (await stream.ReadAsync(new byte[1], token) == 0)
                    {
                        gone.TrySetResult();
                    }
                }
                catch (IOException)
                {
                    gone.TrySetResult();
                }

                return false;
            }
        );

    private static StringContent Content(string text) => new(text, Encoding.UTF8, "application/json");
}
