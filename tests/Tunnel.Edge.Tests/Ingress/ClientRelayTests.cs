using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>Bytes between a client and the stream of its tunnel.</summary>
public sealed class ClientRelayTests : SniListenerTest
{
    [Fact]
    public async Task Relay_LimitOfBytes_SlowsDownAndLosesNothing()
    {
        await using var edge = RunningEdge.Start(
            feed: Feeds.Of(Feeds.Tunnel(limits: new EdgeFeedTunnelLimits(BytesPerSecond: 4_000_000)))
        );
        await using var agent = await edge.AgentAsync();
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await ReceiveAsync(socket, Hello.Length);
        var sent = RandomNumberGenerator.GetBytes(3_000_000); // there and back: 6 MB at 4 MB/s, the first 4 of them free
        var begun = TimeProvider.System.GetTimestamp();

        var sending = socket.SendAsync(sent);
        (await ReceiveAsync(socket, sent.Length)).ShouldBe(sent);
        await sending;

        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Relay_HelloInPieces_ReachesTheAgentUnchanged()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        var hello = Hellos.Fragment(Hello, 7);
        using var socket = await edge.ConnectAsync();
        foreach (var piece in hello.Chunk(11))
        {
            await socket.SendAsync(piece);
        }

        (await ReceiveAsync(socket, hello.Length)).ShouldBe(hello); // echoed
        agent.Opened.TryDequeue(out var open).ShouldBeTrue();
        open.ServerName.ShouldBe("docs." + TestPlatform.Domain);
        open.Client.Port.ShouldBe(((IPEndPoint)socket.LocalEndPoint!).Port);
        open.Client.Address.ShouldBe(IPAddress.Loopback);
    }

    [Fact]
    public async Task Relay_HalfClose_TravelsAsOne()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            // Answers only after the client has finished.
            await stream.Output.WriteAsync("seen"u8.ToArray());
            await stream.Input.CopyToAsync(Stream.Null);
            await stream.Output.WriteAsync("bye"u8.ToArray());
        });
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, 4)).ShouldBe("seen"u8.ToArray());
        socket.Shutdown(SocketShutdown.Send);
        (await RunningEdge.ReadToEndAsync(socket)).ShouldBe("bye"u8.ToArray());
        await Eventually.UntilAsync(
            () => edge.Server.Clients == 0 && agent.Mux.OpenStreams == 0,
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Relay_AgentResetsTheStream_ResetsTheClient()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            await stream.Output.WriteAsync("part"u8.ToArray());
            await stream.Input.ReadAtLeastAsync(Hello.Length + 1);
            stream.Abort(StreamErrorCode.UpstreamGone);
        });
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, 4)).ShouldBe("part"u8.ToArray());
        await socket.SendAsync(new byte[1]);
        var failure = await Should.ThrowAsync<SocketException>(async () =>
            await socket.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Limit)
        );
        failure.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Relay_ClientResets_ResetsTheStream()
    {
        var ended = new TaskCompletionSource<MuxStreamException>();
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            try
            {
                await TestAgent.EchoAsync(stream);
            }
            catch (MuxStreamException e)
            {
                ended.SetResult(e);
            }
        });
        var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await ReceiveAsync(socket, Hello.Length);
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
        var failure = await ended.Task.WaitAsync(Eventually.Limit);
        failure.End.ShouldBe(StreamEnd.ResetByPeer);
        failure.Code.ShouldBe(StreamErrorCode.Cancelled);
    }

    [Fact]
    public async Task Relay_ClientLeavesBeforeTheAgentAnswers_ResetsTheStream()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: stream => Never.RespondAsync(stream.Closed));
        using (var socket = await edge.ConnectAsync())
        {
            await socket.SendAsync(Hello);
            await Eventually.UntilAsync(() => agent.Mux.OpenStreams == 1, TestContext.Current.CancellationToken);
        }

        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
        edge.Server.Agents.All.Single().OpenStreams.ShouldBe(0);
    }

    [Fact]
    public async Task Relay_ClientThatDoesNotRead_HoldsUpOnlyItself()
    {
        await using var edge = RunningEdge.Start();
        long produced = 0;
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            if (stream.Open.ServerName != TestPlatform.Domain)
            {
                await TestAgent.EchoAsync(stream);
                return;
            }

            while (true)
            {
                await stream.Output.WriteAsync(new byte[16_000]);
                Interlocked.Add(ref produced, 16_000);
            }
        });
        using var stuck = await edge.ConnectAsync();
        stuck.ReceiveBufferSize = 8192;
        await stuck.SendAsync(Hellos.Build(Hellos.ServerName(TestPlatform.Domain)));
        await Eventually.UntilAsync(
            () => Interlocked.Read(ref produced) > 1024 * 1024,
            TestContext.Current.CancellationToken
        );

        for (var i = 0; i < 20; i++)
        {
            using var other = await edge.ConnectAsync();
            await other.SendAsync(Hello);
            (await ReceiveAsync(other, Hello.Length)).ShouldBe(Hello);
        }

        // A window in the stream, and what two sockets hold: far below what an agent could produce meanwhile.
        Interlocked.Read(ref produced).ShouldBeLessThan(32L * 1024 * 1024);
    }

    [Fact]
    public async Task Relay_InnerTls_IsEndedByTheAgentAlone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=docs", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1),
            TimeProvider.System.GetUtcNow().AddDays(1)
        );
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            await using var inner = new SslStream(new PipeStream(stream));
            await inner.AuthenticateAsServerAsync(certificate);
            var question = new byte[4];
            await inner.ReadExactlyAsync(question);
            await inner.WriteAsync(new byte[300_000]);
            await inner.WriteAsync(question);
            await inner.ShutdownAsync();
        });
        using var socket = await edge.ConnectAsync();
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "docs." + TestPlatform.Domain,
                RemoteCertificateValidationCallback = (_, leaf, _, _) =>
                    leaf!.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData),
            }
        );
        await tls.WriteAsync("ping"u8.ToArray());
        var answer = new byte[300_004];
        await tls.ReadExactlyAsync(answer).AsTask().WaitAsync(Eventually.Limit);
        answer[^4..].ShouldBe("ping"u8.ToArray());
    }

    [Fact] // a client that kept quiet once kept its connection and stream for as long as it liked
    public async Task Relay_AgentEndsAndThenResets_LetsGoOfASilentClient()
    {
        await using var edge = RunningEdge.Start();
        var reset = new TaskCompletionSource();
        await using var agent = await edge.AgentAsync(
            "a1",
            async stream =>
            {
                await stream.Output.CompleteAsync();
                await reset.Task;
                stream.Abort(StreamErrorCode.UpstreamGone);
            }
        );
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await socket.ReceiveAsync(new byte[1])).ShouldBe(0);
        edge.Server.Clients.ShouldBe(1);

        reset.SetResult();

        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
        edge.Server.Agents.All.Single().OpenStreams.ShouldBe(0);
    }

    [Fact] // the edge notices a reset behind unread bytes all the same
    public async Task Client_AbortsWhileItsUploadIsBlocked_IsNoticedAtOnce()
    {
        await using var edge = RunningEdge.Start();
        var gone = new TaskCompletionSource<MuxStreamException>();
        async Task ReadNothing(MuxStream stream)
        {
            await stream.Output.WriteAsync(Hello); // an answer, so that the relay begins
            await Should.ThrowAsync<OperationCanceledException>(() => Never.RespondAsync(stream.Closed));
            gone.SetResult(await Should.ThrowAsync<MuxStreamException>(async () => await stream.Input.ReadAsync()));
        }

        await using var agent = await edge.AgentAsync("a1", ReadNothing);
        var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await ReceiveAsync(socket, Hello.Length);
        await FillAsync(socket);
        var begun = TimeProvider.System.GetTimestamp();

        socket.LingerState = new LingerOption(true, 0); // RST
        socket.Dispose();

        var end = await gone.Task.WaitAsync(Eventually.Limit);
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        end.End.ShouldBe(StreamEnd.ResetByPeer);
        end.Code.ShouldBe(StreamErrorCode.Cancelled);
        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Relay_OverIPv6Alone_CarriesBytesAndTheAddress()
    {
        await using var edge = RunningEdge.Start(s =>
            s with
            {
                Agents = s.Agents with { Listen = [new(IPAddress.IPv6Loopback, 0)] },
                Sni = s.Sni with { Listen = [new(IPAddress.IPv6Loopback, 0)] },
                Connect = new(),
            }
        );
        await using var agent = await edge.AgentAsync();
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
        agent.Opened.ShouldHaveSingleItem().Client.ShouldBe((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>
    /// Sends until the other side takes no more: the window, both sockets and the relay's buffer are full.
    /// </summary>
    // Until nothing has gone out for 600 ms. A reset behind bytes that the other side has dropped is confirmed by a challenge
    // (RFC 5961 §3.2), of which Linux sends one in 500 ms for a connection: right after another answer it would be lost.
    private static async Task FillAsync(Socket socket)
    {
        socket.Blocking = false;
        var chunk = new byte[64 * 1024];
        var sent = 0L;
        await Eventually.SettlesAsync(
            () =>
            {
                while (socket.Send(chunk, SocketFlags.None, out _) is > 0 and var more)
                {
                    sent += more;
                }

                return sent;
            },
            TestContext.Current.CancellationToken
        );
    }
}
