using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.LongPoll;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>What a listener for a connector does not take, and what bounds it.</summary>
public sealed class ConnectorRefusalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TextMessage_ClosesWith1003(bool isFirst)
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var socket = await scene.OpenSocketAsync();
        if (!isFirst)
        {
            var tls = new SslStream(new ShapedStream(socket, MessageShape.Whole), leaveInnerStreamOpen: true);
            await tls.AuthenticateAsClientAsync(scene.Tunnel.TlsOptions(ConnectorScene.Host), Token);
        }

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Token);

        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer, Token);
        } while (received.MessageType != WebSocketMessageType.Close);
        received.CloseStatus.ShouldBe(WebSocketCloseStatus.InvalidMessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Token);
        await Eventually.UntilAsync(
            () => scene.Log.Text.Contains("it sent a text message", StringComparison.Ordinal),
            Token
        );
    }

    [Fact]
    public async Task PlainRequest_Is426WithItsName()
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var tcp = await scene.DialAsync();
        var stream = tcp.GetStream();

        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Token);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Token);
        answer.ShouldStartWith("HTTP/1.1 426 ");
        answer.ShouldContain("Upgrade: websocket");
        answer.ShouldContain("upgrade_required: ");
        scene.Log.Text.ShouldContain("without an upgrade to WebSocket");
    }

    [Theory]
    [InlineData("Origin: https://evil.example\r\n", "127.0.0.1", 403)]
    [InlineData("Origin: null\r\n", "127.0.0.1", 403)]
    [InlineData("Sec-Fetch-Mode: websocket\r\n", "127.0.0.1", 403)]
    [InlineData("", "evil.example", 403)] // a name that was made to resolve to this machine
    [InlineData("", "localhost.evil.example:8080", 403)]
    [InlineData("", "127.0.0.1:8080", 101)]
    [InlineData("", "localhost:8080", 101)]
    [InlineData("", "[::1]:8080", 101)]
    public async Task PageInABrowser_IsRefused(string header, string host, int status)
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var tcp = await scene.DialAsync();

        await tcp.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{header}\r\n"
                ),
                Token
            );
        var head = new byte[12];
        await tcp.GetStream().ReadExactlyAsync(head, Token);

        Encoding.ASCII.GetString(head).ShouldBe($"HTTP/1.1 {status}");
    }

    [Fact]
    public async Task OtherFirstByte_IsClosed()
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var tcp = await scene.DialAsync();

        await tcp.GetStream().WriteAsync(new byte[] { 0, 1, 2 }, Token);

        (await ReadToEndAsync(tcp.GetStream())).ShouldBeEmpty();
        scene.Log.Text.ShouldContain("neither TLS nor an HTTP request");
    }

    [Theory]
    [InlineData(MessageShape.Whole)]
    [InlineData(MessageShape.Tcp)]
    public async Task UnknownServerName_IsAnAlert(MessageShape shape)
    {
        await using var scene = await ConnectorScene.StartAsync();

        // Neither a name of another domain, nor a route that the tunnel does not list, nor the agent's own domain.
        foreach (var name in new[] { "docs.other.example", $"wiki.{ConnectorScene.Domain}", Support.Tunnel.Host })
        {
            var carrier = await scene.OpenAsync(shape);
            await Should.ThrowAsync<AuthenticationException>(() => scene.ConnectAsync(carrier, name));
        }

        scene.Log.Text.ShouldContain("no route of the tunnel has the client's server name");
        using var socket = await scene.OpenSocketAsync();
        await socket.SendAsync(HelloFor("docs.other.example"), WebSocketMessageType.Binary, true, Token);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, Token);
        buffer[..received.Count].ShouldBe([21, 3, 3, 0, 2, 2, 112]);
    }

    [Fact]
    public async Task NoHello_IsClosed()
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var socket = await scene.OpenSocketAsync();

        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), WebSocketMessageType.Binary, true, Token);

        (await socket.ReceiveAsync(new byte[64], Token)).MessageType.ShouldBe(WebSocketMessageType.Close);
        scene.Log.Text.ShouldContain("were not a TLS ClientHello");
    }

    [Fact] // a peer that closes within a record
    public async Task CloseWithinARecord_EndsTheConnection()
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var socket = await scene.OpenSocketAsync();
        var hello = HelloFor(ConnectorScene.Host);

        await socket.SendAsync(hello.AsMemory(0, hello.Length / 2), WebSocketMessageType.Binary, false, Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Token);

        socket.State.ShouldBe(WebSocketState.Closed);
        await Eventually.UntilAsync(() => scene.Agent.Status[0].Open == 0, Token);
    }

    [Fact]
    public async Task Abort_WithinAHello_EndsTheConnection()
    {
        await using var scene = await ConnectorScene.StartAsync(change: s => s with { MaxConnections = 1 });
        var socket = await scene.OpenSocketAsync();
        await socket.SendAsync(new byte[] { 22, 3, 1 }, WebSocketMessageType.Binary, false, Token);

        socket.Abort();
        socket.Dispose();

        // Its place is free again.
        await Eventually.UntilAsync(() => CanConnectAsync(scene), Token);
    }

    [Fact]
    public async Task TooManyConnections_OneMoreIsClosed()
    {
        await using var scene = await ConnectorScene.StartAsync(change: s => s with { MaxConnections = 2 });
        var first = await scene.ConnectAsync();
        await using var second = await scene.ConnectAsync(MessageShape.Tcp);

        using (var third = await scene.DialAsync())
        {
            (await ReadToEndAsync(third.GetStream())).ShouldBeEmpty();
        }

        scene.Log.Text.ShouldContain("max_connections connections are open");
        await first.DisposeAsync();
        await Eventually.UntilAsync(() => CanConnectAsync(scene), Token);
    }

    [Theory]
    [InlineData(MessageShape.Whole)]
    [InlineData(MessageShape.Tcp)]
    public async Task SlowHandshake_IsClosed(MessageShape shape)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var scene = await ConnectorScene.StartAsync(
            time: time,
            change: s => s with { CertificateFile = "", KeyFile = "", Domain = Support.Tunnel.Domain },
            prepare: s => s.Issued.Swap(Support.Tunnel.Domain, s.Tunnel.Leaves.Current!.Pair)
        );
        await using var carrier = await scene.OpenAsync(shape);
        await carrier.WriteAsync(new byte[] { 22, 3, 1, 0 }, Token);

        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return scene.Log.Text.Contains("did not begin in time", StringComparison.Ordinal);
            },
            Token
        );

        (await ReadToEndAsync(carrier)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Idle_ConnectionIsCutOff()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var scene = await ConnectorScene.StartAsync(
            time: time,
            change: s =>
                s with
                {
                    CertificateFile = "",
                    KeyFile = "",
                    Domain = Support.Tunnel.Domain,
                    IdleTimeout = TimeSpan.FromMinutes(5),
                },
            prepare: s => s.Issued.Swap(Support.Tunnel.Domain, s.Tunnel.Leaves.Current!.Pair)
        );
        using var client = scene.Client(host: Support.Tunnel.Host);
        using var call = new StringContent(LongPollScene.Call, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/mcp", call, Token); // after it no handshake is under way
        scene.Agent.Status[0].Open.ShouldBe(1);

        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return scene.Agent.Status[0].Open == 0;
            },
            Token
        );
        scene.Log.Text.ShouldContain("no byte passed for idle_timeout");
    }

    [Fact] // S10
    public async Task Withdrawn_EndsOpenConnectionsAndTakesNone()
    {
        await using var scene = await ConnectorScene.StartAsync();
        await using var tls = await scene.ConnectAsync();

        (scene.Closure, scene.IsWithdrawn) = ("revoked", true);

        await Eventually.UntilAsync(() => scene.Agent.Status[0].Open == 0, Token);
        scene.Agent.Status[0].Problem.ShouldBe("revoked");
        await Should.ThrowAsync<AuthenticationException>(() => scene.ConnectAsync());
        scene.Log.Text.ShouldContain("the agent may not serve now");
    }

    [Fact]
    public async Task AddressTaken_FailsAloneAndRecovers()
    {
        await using var scene = await ConnectorScene.StartAsync();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, LoopbackPort.Free());
        taken.Start();
        var other = scene.StartAgent(s => s with { Listen = (System.Net.IPEndPoint)taken.LocalEndpoint });

        await Eventually.UntilAsync(() => other.Status[0].Problem?.Contains("in use") == true, Token);
        scene.Agent.Status[0].Problem.ShouldBeNull();
        taken.Stop();

        await Eventually.UntilAsync(() => other.Status[0].Problem is null, Token);
    }

    [Fact]
    public async Task Certificate_IsReadAgainAndItsNamesAreChecked()
    {
        await using var scene = await ConnectorScene.StartAsync();

        scene.WriteCertificate(scene.Tunnel.Pki.Server("other.example"));

        await Eventually.UntilAsync(
            () =>
                scene.Agent.Status[0].Problem is { } problem
                && problem.Contains($"not for {ConnectorScene.Host}", StringComparison.Ordinal),
            Token
        );
        scene.WriteCertificate(scene.Tunnel.Pki.Server("*." + ConnectorScene.Domain));
        await Eventually.UntilAsync(() => scene.Agent.Status[0].Problem is null, Token);
        await using var tls = await scene.ConnectAsync();
    }

    private static async Task<bool> CanConnectAsync(ConnectorScene scene)
    {
        try
        {
            await (await scene.ConnectAsync()).DisposeAsync();
            return true;
        }
        catch (Exception e) when (e is WebSocketException or IOException or AuthenticationException)
        {
            return false;
        }
    }

    // A ClientHello of TLS 1.2 with a server name and one cipher suite.
    private static byte[] HelloFor(string name)
    {
        var host = Encoding.ASCII.GetBytes(name);
        byte[] list = [0, (byte)(host.Length >> 8), (byte)host.Length, .. host];
        byte[] entry = [(byte)(list.Length >> 8), (byte)list.Length, .. list];
        byte[] extension = [0, 0, (byte)(entry.Length >> 8), (byte)entry.Length, .. entry];
        byte[] body =
        [
            3,
            3,
            .. new byte[32],
            0,
            0,
            2,
            0xC0,
            0x2B,
            1,
            0,
            (byte)(extension.Length >> 8),
            (byte)extension.Length,
            .. extension,
        ];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return [22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, Token);
        }
        catch (IOException)
        {
            // A reset says the same.
        }

        return all.ToArray();
    }
}
