using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Faults;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>The whole data path with real sockets: what clients see.</summary>
public sealed class SniListenerTests
{
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName("docs." + TestPlatform.Domain));

    [Fact]
    public async Task Client_NoAgentConnected_GetsAlert80() => // S23
        await ShouldGetAlertAsync(Feeds.Tunnel(), Hello, 80);

    [Fact]
    public async Task Client_UnknownName_GetsAlert112() =>
        await ShouldGetAlertAsync(Feeds.Tunnel(), Hellos.Build(Hellos.ServerName("docs.other.test")), 112);

    [Fact]
    public async Task Client_UnknownNameFromARefusedAddress_GetsAlert112() =>
        await ShouldGetAlertAsync(
            Feeds.Tunnel(clients: ["192.0.2.0/24"]),
            Hellos.Build(Hellos.ServerName("docs.other.test")),
            112
        );

    [Fact]
    public async Task Client_NoServerName_GetsAlert112() =>
        await ShouldGetAlertAsync(Feeds.Tunnel(), Hellos.Build(), 112);

    [Fact]
    public async Task Client_MalformedHello_GetsAlert50() =>
        await ShouldGetAlertAsync(Feeds.Tunnel(), Hellos.Build(Hellos.ServerName("a b")), 50);

    [Fact]
    public async Task Client_HelloTooLarge_GetsAlert22() =>
        await ShouldGetAlertAsync(Feeds.Tunnel(), Hellos.Record([1, 0, 0x40, 0x01]), 22);

    [Fact]
    public async Task Client_AcmeChallenge_GetsAlert120() =>
        await ShouldGetAlertAsync(
            Feeds.Tunnel(),
            Hellos.Build(Hellos.ServerName(TestPlatform.Domain), Hellos.Alpn("acme-tls/1")),
            120
        );

    [Fact]
    public async Task Client_OutsideTheRanges_IsClosedWithoutAWord()
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(clients: ["192.0.2.0/24"])));
        await using var agent = await edge.AgentAsync();
        (await edge.ExchangeAsync(Hello)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_EmptyRanges_IsClosedWithoutAWord() // S21
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(clients: [])));
        await using var agent = await edge.AgentAsync();
        (await edge.ExchangeAsync(Hello)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_NotTls_IsClosedWithoutAWord()
    {
        await using var edge = RunningEdge.Start();
        (await edge.ExchangeAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_NoHelloInTime_IsClosed()
    {
        var time = new FakeTimeProvider();
        await using var edge = RunningEdge.Start(time: time);
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello[..10]);
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 1);
        var reading = RunningEdge.ReadToEndAsync(socket);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1)); // until its timer exists and fires
            await Task.Yield();
        }

        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_TooManyOfOneAddress_AreClosedAtOnce()
    {
        await using var edge = RunningEdge.Start(s => s with { Clients = s.Clients with { PerSource = 1 } });
        using var first = await edge.ConnectAsync();
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 1);
        (await edge.ExchangeAsync(Hello)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_TunnelFull_GetsAlert80()
    {
        await using var edge = RunningEdge.Start(s =>
            s with
            {
                TunnelDefaults = new(1, new Rate(100, TimeSpan.FromSeconds(1))),
            }
        );
        await using var agent = await edge.AgentAsync();
        using var first = await edge.ConnectAsync();
        await first.SendAsync(Hello);
        await ReceiveAsync(first, Hello.Length);
        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);
    }

    [Theory] // S10: what narrows a tunnel counts for those who are there
    [InlineData(TunnelStatus.Paused, "127.0.0.0/8")]
    [InlineData(TunnelStatus.Archived, "127.0.0.0/8")]
    [InlineData(TunnelStatus.Active, "192.0.2.0/24")]
    public async Task Client_NoLongerAllowed_IsCut(string status, string range)
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await ReceiveAsync(socket, Hello.Length);

        edge.Use(Feeds.Of(Feeds.Tunnel(status: status, clients: [range])));

        (await RunningEdge.ReadToEndAsync(socket)).ShouldBeEmpty();
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0);
    }

    [Fact]
    public async Task Client_PausedTunnel_GetsAlert80AndIsServedOnceResumed()
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(status: TunnelStatus.Paused)));
        await using var agent = await edge.AgentAsync();
        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);

        edge.Use(Feeds.Of(Feeds.Tunnel()));

        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
    }

    [Fact] // the tunnel's own record wins over the edge's defaults
    public async Task Client_TunnelWithOwnLimits_IsBoundByThem()
    {
        await using var edge = RunningEdge.Start(
            feed: Feeds.Of(Feeds.Tunnel(limits: new EdgeFeedTunnelLimits { MaxConnections = 1 }))
        );
        await using var agent = await edge.AgentAsync();
        using var first = await edge.ConnectAsync();
        await first.SendAsync(Hello);
        await ReceiveAsync(first, Hello.Length);

        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);
    }

    [Fact]
    public async Task Relay_LimitOfBytes_SlowsDownAndLosesNothing()
    {
        await using var edge = RunningEdge.Start(
            feed: Feeds.Of(Feeds.Tunnel(limits: new EdgeFeedTunnelLimits { BytesPerSecond = 4_000_000 }))
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
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0 && agent.Mux.OpenStreams == 0);
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
            await socket.ReceiveAsync(new byte[1]).WaitAsync(RunningEdge.Patience)
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
        var failure = await ended.Task.WaitAsync(RunningEdge.Patience);
        failure.End.ShouldBe(StreamEnd.ResetByPeer);
        failure.Code.ShouldBe(StreamErrorCode.Cancelled);
    }

    [Fact]
    public async Task Relay_ClientLeavesBeforeTheAgentAnswers_ResetsTheStream()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync(serve: stream =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stream.Closed)
        );
        using (var socket = await edge.ConnectAsync())
        {
            await socket.SendAsync(Hello);
            await RunningEdge.UntilAsync(() => agent.Mux.OpenStreams == 1);
        }

        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0);
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
        await RunningEdge.UntilAsync(() => Interlocked.Read(ref produced) > 1024 * 1024);

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
        await tls.ReadExactlyAsync(answer).AsTask().WaitAsync(RunningEdge.Patience);
        answer[^4..].ShouldBe("ping"u8.ToArray());
    }

    [Fact]
    public async Task Open_AgentRefuses_GoesToAnotherConnectionWithTheSameBytes() // W12
    {
        await using var edge = RunningEdge.Start();
        var refused = 0;
        async Task RefuseOnce(MuxStream stream)
        {
            if (Interlocked.Increment(ref refused) == 1)
            {
                stream.Abort(StreamErrorCode.Refused);
                return;
            }

            await TestAgent.EchoAsync(stream);
        }

        await using var one = await edge.AgentAsync("a1", RefuseOnce);
        await using var two = await edge.AgentAsync("a2", RefuseOnce);
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
        edge.Server.Traffic.All.Single().Reopened.ShouldBe(1);
    }

    [Fact] // an agent that cannot serve refuses on each of its connections, however many it has
    public async Task Open_AgentOfManyConnectionsRefuses_GoesToAnotherAgent()
    {
        await using var edge = RunningEdge.Start();
        List<TestAgent> agents = [];
        foreach (var instance in new[] { "a1", "a2", "a3" })
        {
            var certificate = edge.Platform.Agent(instance);
            for (var i = 0; i < 4; i++)
            {
                agents.Add(await TestAgent.DialAsync(edge, certificate, ServeAs(instance)));
            }
        }

        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == agents.Count);

        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);

        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }

        // Whichever the client belongs to: two of three refuse, and three places are tried.
        static Func<MuxStream, Task> ServeAs(string instance) =>
            stream =>
            {
                if (instance == "a3")
                {
                    return TestAgent.EchoAsync(stream);
                }

                stream.Abort(StreamErrorCode.Refused);
                return Task.CompletedTask;
            };
    }

    [Fact] // a cut cable: nothing says that the agent is gone, and it will count as dead much later
    public async Task Open_AgentHasGoneSilent_GoesToAnotherWithinSeconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var edge = RunningEdge.Start(time: time);
        await using var way = new FaultRelay { Target = edge.Agents };
        await using var silent = TestAgent.Over(
            await TestAgent.AuthenticateAsync(edge, edge.Platform.Agent("a1"), by: way.EndPoint)
        );
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 1);
        way.Open.Single().Cut();
        time.Advance(TimeSpan.FromMilliseconds(10));
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Single().OpenStreams == 1);
        await using var live = await edge.AgentAsync("a2");

        var receiving = ReceiveAsync(socket, Hello.Length);
        for (var second = 0; second < 5 && !receiving.IsCompleted; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }

        (await receiving).ShouldBe(Hello);
        live.Opened.Count.ShouldBe(1);
        silent.Opened.Count.ShouldBe(0);
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

        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0);
        edge.Server.Agents.All.Single().OpenStreams.ShouldBe(0);
    }

    [Fact]
    public async Task Open_AgentDiesBeforeItsFirstFrame_GoesToAnother() // W12
    {
        await using var edge = RunningEdge.Start();
        var died = 0;
        TestAgent? one = null;
        TestAgent? two = null;
        async Task DieOnce(MuxStream stream, Func<TestAgent?> self)
        {
            if (Interlocked.Increment(ref died) == 1)
            {
                self()!.Kill();
                return;
            }

            await TestAgent.EchoAsync(stream);
        }

        one = await edge.AgentAsync("a1", s => DieOnce(s, () => one));
        two = await edge.AgentAsync("a2", s => DieOnce(s, () => two));
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    [Fact]
    public async Task Open_EveryAgentRefuses_IsTriedThreeTimesAtMost() // W12
    {
        await using var edge = RunningEdge.Start();
        var tries = 0;
        List<TestAgent> agents = [];
        for (var i = 0; i < 5; i++)
        {
            agents.Add(
                await edge.AgentAsync(
                    $"a{i}",
                    stream =>
                    {
                        Interlocked.Increment(ref tries);
                        stream.Abort(StreamErrorCode.Refused);
                        return Task.CompletedTask;
                    }
                )
            );
        }

        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);
        tries.ShouldBe(3);
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task Open_AgentResetsForGood_IsNotTriedAgain()
    {
        await using var edge = RunningEdge.Start();
        var tries = 0;
        Task Fail(MuxStream stream)
        {
            Interlocked.Increment(ref tries);
            stream.Abort(StreamErrorCode.NoRoute);
            return Task.CompletedTask;
        }

        await using var one = await edge.AgentAsync("a1", Fail);
        await using var two = await edge.AgentAsync("a2", Fail);
        (await edge.ExchangeAsync(Hello)).ShouldBeEmpty();
        tries.ShouldBe(1);
    }

    [Fact] // the edge notices a reset behind unread bytes all the same
    public async Task Client_AbortsWhileItsUploadIsBlocked_IsNoticedAtOnce()
    {
        await using var edge = RunningEdge.Start();
        var gone = new TaskCompletionSource<MuxStreamException>();
        async Task ReadNothing(MuxStream stream)
        {
            await stream.Output.WriteAsync(Hello); // an answer, so that the relay begins
            await Should.ThrowAsync<OperationCanceledException>(() =>
                Task.Delay(RunningEdge.Patience, TimeProvider.System, stream.Closed)
            );
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

        var end = await gone.Task.WaitAsync(RunningEdge.Patience);
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        end.End.ShouldBe(StreamEnd.ResetByPeer);
        end.Code.ShouldBe(StreamErrorCode.Cancelled);
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0);
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

    [Fact]
    public async Task Listen_TwoAddresses_BothServe()
    {
        await using var edge = RunningEdge.Start(s =>
            s with
            {
                Sni = s.Sni with { Listen = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0)] },
            }
        );
        await using var agent = await edge.AgentAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(edge.Server.SniEndPoints[1]);
        await socket.SendAsync(Hello);
        (await ReceiveAsync(socket, Hello.Length)).ShouldBe(Hello);
    }

    private static async Task ShouldGetAlertAsync(EdgeFeedTunnel tunnel, byte[] hello, byte alert)
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(tunnel));
        (await edge.ExchangeAsync(hello)).ShouldBe([21, 3, 3, 0, 2, 2, alert]);
        await RunningEdge.UntilAsync(() => edge.Server.Clients == 0);
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
        for (var refusals = 0; refusals < 60; )
        {
            socket.Send(chunk, SocketFlags.None, out var error);
            refusals = error == SocketError.WouldBlock ? refusals + 1 : 0;
            if (refusals > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count; )
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(RunningEdge.Patience);
            more.ShouldBeGreaterThan(0);
            read += more;
        }

        return bytes;
    }
}
