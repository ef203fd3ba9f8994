using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>The whole data path with real sockets: what clients see.</summary>
public sealed class SniListenerTests : SniListenerTest
{
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
        await Eventually.UntilAsync(() => edge.Server.Clients == 1, TestContext.Current.CancellationToken);
        var reading = RunningEdge.ReadToEndAsync(socket);

        // Until its timer exists and fires.
        await Eventually.UntilAsync(
            () => reading.IsCompleted,
            TestContext.Current.CancellationToken,
            () => time.Advance(TimeSpan.FromSeconds(1))
        );

        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_TooManyOfOneAddress_AreClosedAtOnce()
    {
        await using var edge = RunningEdge.Start(s => s with { Clients = s.Clients with { PerSource = 1 } });
        using var first = await edge.ConnectAsync();
        await Eventually.UntilAsync(() => edge.Server.Clients == 1, TestContext.Current.CancellationToken);
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
        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
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
            feed: Feeds.Of(Feeds.Tunnel(limits: new EdgeFeedTunnelLimits(MaxConnections: 1)))
        );
        await using var agent = await edge.AgentAsync();
        using var first = await edge.ConnectAsync();
        await first.SendAsync(Hello);
        await ReceiveAsync(first, Hello.Length);

        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);
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
        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
    }
}
