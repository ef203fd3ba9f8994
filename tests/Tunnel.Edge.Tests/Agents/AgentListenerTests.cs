using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Edge.Tests.Agents;

/// <summary>Who may connect as an agent (S6, S9, S10), over real TLS.</summary>
public sealed class AgentListenerTests
{
    [Fact]
    public async Task Agent_OfAnActiveTunnel_IsTaken()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        (await agent.Mux.PeerHello).InstanceId.ShouldBe("edge_01");
        var connection = edge.Server.Agents.All.ShouldHaveSingleItem();
        connection.TunnelId.ShouldBe(TestPlatform.TunnelId);
        connection.InstanceId.ShouldBe("a1");
    }

    // It ends the connection that this one replaces, and clients must not find neither.
    [Fact]
    public async Task Agent_HasTheEdgesHello_IsGivenClients()
    {
        await using var edge = RunningEdge.Start();
        for (var round = 1; round <= 20; round++)
        {
            var tls = await TestAgent.AuthenticateAsync(edge, edge.Platform.Agent());
            await using var agent = TestAgent.Over(tls);
            await agent.Mux.PeerHello;
            edge.Server.Agents.All.Count().ShouldBe(1);
            agent.Mux.GoAway(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "replaced");
            await agent.Run;
            await Eventually.UntilAsync(() => !edge.Server.Agents.All.Any(), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Agent_WithoutCertificate_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await ShouldBeRefusedAsync(edge, null);
    }

    [Fact] // S31: clients without a certificate take only a few places
    public async Task Agent_TooManyHandshakesOfOneAddress_AreClosedUnheard()
    {
        await using var edge = RunningEdge.Start(s => s with { Agents = s.Agents with { HandshakesPerSource = 2 } });
        await using (await edge.AgentAsync()) // one that is through takes no place
        {
            using var one = await SilentAsync(edge);
            using var two = await SilentAsync(edge);
            using var three = await SilentAsync(edge);
            (await RunningEdge.ReadToEndAsync(three)).ShouldBeEmpty();
        }

        await Eventually.UntilAsync(() => !edge.Server.Agents.All.Any(), TestContext.Current.CancellationToken);
        await using var again = await edge.AgentAsync();
    }

    [Fact]
    public async Task Agent_CertificateOfAnotherPlatform_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await ShouldBeRefusedAsync(edge, new TestPlatform().Agent());
    }

    [Fact]
    public async Task Agent_EdgeCertificate_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await ShouldBeRefusedAsync(edge, edge.Platform.Edge());
    }

    [Fact]
    public async Task Agent_CertificateForServersAlone_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        var uri = edge.Platform.Agent().Certificate;
        var identity = CertificateNames.Uris(uri)!.Single();
        await ShouldBeRefusedAsync(edge, edge.Platform.Issue(identity, "1.3.6.1.5.5.7.3.1"));
    }

    [Theory] // what an unknown client sends is not an error of the edge: it must not fill the log
    [InlineData("160301000401000000")]
    [InlineData("1603010004010000ff")]
    [InlineData(
        "160301002d01000029030300000000000000000000000000000000000000000000000000000000000000000000021301" + "0100"
    )]
    [InlineData("ffffffffffffffffff")]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    public async Task Stranger_BytesThatAreNoHandshake_AreNoError(string hex)
    {
        using var errors = new LoggedErrors();
        await using var edge = RunningEdge.Start(loggers: errors);
        foreach (var listener in (IPEndPoint[])[edge.Agents, edge.Connect, edge.Sni])
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(listener);
            await socket.SendAsync(Convert.FromHexString(hex));
            socket.Shutdown(SocketShutdown.Send);
            await RunningEdge.ReadToEndAsync(socket);
        }

        errors.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Agent_ExpiredCertificate_IsRefusedWhileTheServiceIsHeard()
    {
        await using var edge = RunningEdge.Start();
        var yesterday = TimeProvider.System.GetUtcNow().AddHours(-1);
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent(notAfter: yesterday));
    }

    [Theory] // S10: no grace beyond a certificate's life, whether it expired after the last word of the service or before
    [InlineData(-1)]
    [InlineData(-3)]
    public async Task Agent_ExpiredCertificate_IsRefusedInTheOfflineGraceToo(int expiredHoursAgo)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var edge = RunningEdge.Start(lastContact: () => now.AddHours(-2));
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent(notAfter: now.AddHours(expiredHoursAgo)));
    }

    [Fact]
    public async Task Agent_RevokedCertificate_IsRefusedEvenInTheOfflineGrace()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var edge = RunningEdge.Start(lastContact: () => now.AddHours(-2));
        var certificate = edge.Platform.Agent();
        edge.Use(Feeds.Of(Feeds.Tunnel()) with { RevokedSerials = [certificate.Serial] });
        await ShouldBeRefusedAsync(edge, certificate);
    }

    [Fact]
    public async Task Agent_AfterTheOfflineGrace_IsRefused()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var edge = RunningEdge.Start(lastContact: () => now.AddHours(-25));
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent());
    }

    [Theory] // S10: the tunnel's own grace counts, longer or shorter than the edge's 24 h
    [InlineData(25, 7 * 24, true)]
    [InlineData(7 * 24 - 1, 7 * 24, true)]
    [InlineData(2, 1, false)]
    public async Task Agent_TunnelWithAGraceOfItsOwn_IsTakenForSoLong(int silentHours, int graceHours, bool taken)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var edge = RunningEdge.Start(
            lastContact: () => now.AddHours(-silentHours),
            feed: Feeds.Of(Feeds.Tunnel(offlineGraceSeconds: graceHours * 3600))
        );
        if (taken)
        {
            await using var agent = await edge.AgentAsync();
        }
        else
        {
            await ShouldBeRefusedAsync(edge, edge.Platform.Agent());
        }
    }

    [Fact] // S10: the handshake continues within the longest grace of all tunnels; this tunnel's decides
    public async Task Agent_AnotherTunnelHasALongerGrace_IsRefusedByItsOwn()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var edge = RunningEdge.Start(
            lastContact: () => now.AddHours(-25),
            feed: Feeds.Of(
                Feeds.Tunnel(),
                Feeds.Tunnel(id: "tnl_02", domain: "t2.tunnel.test", offlineGraceSeconds: 7 * 24 * 3600)
            )
        );
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent());
    }

    [Fact] // S10: a revocation ends what runs, streams included, within 5 s of the feed that tells of it
    public async Task Agent_RevokedWhileItServes_IsCutWithinFiveSeconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var edge = RunningEdge.Start(time: time);
        await using var agent = await edge.AgentAsync();
        using var client = await edge.ConnectAsync();
        await client.SendAsync(Hellos.Build(Hellos.ServerName("docs." + TestPlatform.Domain)));
        await Eventually.UntilAsync(
            () => edge.Server.Traffic.All.Any(t => t.BytesToClients > 0),
            TestContext.Current.CancellationToken
        );

        edge.Use(Feeds.Of(Feeds.Tunnel()) with { RevokedSerials = [edge.Server.Agents.All.Single().Serial] });
        time.Advance(TimeSpan.FromSeconds(5));

        await agent.Run.WaitAsync(Eventually.Limit);
        await RunningEdge.ReadToEndAsync(client);
        agent.Mux.Outcome!.Code.ShouldBe(ConnectionErrorCode.Revoked);
    }

    [Fact]
    public async Task Agent_EdgeDrainedOnItsMachine_IsRefusedAndTakenOnceResumed()
    {
        var drains = true;
        await using var edge = RunningEdge.Start(isMarkedToDrain: () => drains);
        edge.Server.IsDraining.ShouldBeTrue();
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent());

        drains = false;

        await Eventually.UntilAsync(() => !edge.Server.IsDraining, TestContext.Current.CancellationToken);
        await using var agent = await edge.AgentAsync();
    }

    [Theory]
    [InlineData(TunnelStatus.Archived)]
    [InlineData("of a later version")]
    public async Task Agent_TunnelNotActive_IsRefused(string status)
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(status: status)));
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent());
    }

    [Fact] // so that a resumed tunnel serves at once
    public async Task Agent_TunnelPaused_IsTaken()
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(status: TunnelStatus.Paused)));
        await using var agent = await edge.AgentAsync();
        edge.Use(Feeds.Of(Feeds.Tunnel(status: TunnelStatus.Paused)));
        agent.Mux.PeerGoAway.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Agent_TunnelOfAnotherEdge_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await ShouldBeRefusedAsync(edge, edge.Platform.Agent(tunnel: "tnl_010000000000000000000009"));
    }

    [Fact]
    public async Task Agent_TunnelOfAnotherOrganization_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        var other = edge.Platform.Agent(organization: "22222222-2222-2222-2222-222222222222");
        await ShouldBeRefusedAsync(edge, other);
    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("192.0.2.0/24", false)]
    [InlineData("nonsense", false)]
    public async Task Agent_Address_MustBeInTheAgentRanges(string range, bool taken)
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(agents: [range])));
        if (taken)
        {
            await using var agent = await edge.AgentAsync();
        }
        else
        {
            await ShouldBeRefusedAsync(edge, edge.Platform.Agent());
        }
    }

    [Fact]
    public async Task Agent_WithoutOurAlpn_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await using var tls = await TestAgent.AuthenticateAsync(edge, edge.Platform.Agent(), alpn: null);
        (await EndsAsync(tls)).ShouldBeTrue();
        edge.Server.Agents.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Agent_Tls12_IsRefused()
    {
        await using var edge = RunningEdge.Start();
        await TlsRefusal.ExpectAsync(() =>
            TestAgent.AuthenticateAsync(edge, edge.Platform.Agent(), protocols: SslProtocols.Tls12)
        );
    }

    [Fact]
    public async Task Agent_RevokedWhileConnected_IsEndedWithRevoked() // S10: within 5 s of the feed
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        var serial = edge.Server.Agents.All.Single().Serial;
        edge.Use(Feeds.Of(Feeds.Tunnel()) with { RevokedSerials = [serial] });
        (await agent.Mux.PeerGoAway.WaitAsync(Eventually.Limit)).Code.ShouldBe(ConnectionErrorCode.Revoked);
        await agent.Run.WaitAsync(Eventually.Limit);
        await Eventually.UntilAsync(() => !edge.Server.Agents.All.Any(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Agent_TunnelArchivedWhileConnected_IsEndedWithRevoked()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        edge.Use(Feeds.Of());
        (await agent.Mux.PeerGoAway.WaitAsync(Eventually.Limit)).Code.ShouldBe(ConnectionErrorCode.Revoked);
    }

    [Fact]
    public async Task Agent_UnrelatedChangeOfTheFeed_IsLeftAlone()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        edge.Use(Feeds.Of(Feeds.Tunnel()) with { RevokedSerials = ["00ff"], Revision = 2 });
        edge.Server.Agents.All.ShouldHaveSingleItem();
        agent.Mux.Outcome.ShouldBeNull();
    }

    [Fact]
    public async Task Drain_AgentConnected_IsToldToGoElsewhere()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync();
        await edge.Server.DrainAsync().WaitAsync(Eventually.Limit);
        (await agent.Mux.PeerGoAway).Code.ShouldBe(ConnectionErrorCode.Shutdown);
        edge.Server.Agents.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task OperatorDrain_AgentThatRegistersAfterIt_IsToldToGoToo()
    {
        // The edge sends agents away after three to four seconds, and waits for a HELLO for five.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var edge = RunningEdge.Start(time: time);
        await using var first = await edge.AgentAsync();
        var late = await TestAgent.AuthenticateAsync(edge, edge.Platform.Agent("a2"));
        var feed = Feeds.Of(Feeds.Tunnel());
        edge.Use(feed with { Edge = feed.Edge with { Draining = true } });
        time.Advance(TimeSpan.FromSeconds(4));
        await first.Mux.PeerGoAway.WaitAsync(Eventually.Limit);

        await using var agent = TestAgent.Over(late);
        await Eventually.UntilAsync(
            () => edge.Server.Agents.All.Any(one => one.InstanceId == "a2"),
            TestContext.Current.CancellationToken
        );
        time.Advance(TimeSpan.FromSeconds(1));

        (await agent.Mux.PeerGoAway.WaitAsync(Eventually.Limit)).Code.ShouldBe(ConnectionErrorCode.Shutdown);
    }

    private static async Task<Socket> SilentAsync(RunningEdge edge)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(edge.Agents);
        return socket;
    }

    private static async Task ShouldBeRefusedAsync(RunningEdge edge, KeyAndCertificate? certificate)
    {
        try
        {
            await using var tls = await TestAgent.AuthenticateAsync(edge, certificate);

            // TLS 1.3: the client finishes before the server has judged its certificate.
            (await EndsAsync(tls)).ShouldBeTrue();
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // refused within the handshake
        }

        edge.Server.Agents.All.ShouldBeEmpty();
    }

    /// <summary>True if the connection ends without a HELLO.</summary>
    private static async Task<bool> EndsAsync(SslStream tls)
    {
        try
        {
            return await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
