using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Edge.Tests.Agents;

/// <summary>Which connection serves a client (W14), and what renewals and too many connections do (S3, S10).</summary>
public sealed class AgentRegistryTests
{
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName(TestPlatform.Domain));

    [Fact]
    public async Task Pick_SeveralConnections_SpreadsClientsEvenly()
    {
        await using var edge = RunningEdge.Start();
        var certificate = edge.Platform.Agent();
        await using var one = await TestAgent.DialAsync(edge, certificate);
        await using var two = await TestAgent.DialAsync(edge, certificate);
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 2, TestContext.Current.CancellationToken);
        List<IDisposable> clients = [];
        for (var i = 0; i < 10; i++)
        {
            var client = await edge.ConnectAsync();
            await client.SendAsync(Hello);
            (await client.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);
            clients.Add(client);
        }

        one.Opened.Count.ShouldBe(5);
        two.Opened.Count.ShouldBe(5);
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Pick_OneIsBusy_FillsTheOtherFirst()
    {
        await using var edge = RunningEdge.Start();
        var certificate = edge.Platform.Agent();
        await using var busy = await TestAgent.DialAsync(edge, certificate);
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        List<IDisposable> clients = [];
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await ServedAsync(edge));
        }

        await using var fresh = await TestAgent.DialAsync(edge, certificate);
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 2, TestContext.Current.CancellationToken);
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await ServedAsync(edge));
        }

        busy.Opened.Count.ShouldBe(4);
        fresh.Opened.Count.ShouldBe(4);
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Pick_AfterARenewal_UsesTheNewCertificatesConnections() // S10
    {
        await using var edge = RunningEdge.Start();
        var now = TimeProvider.System.GetUtcNow();
        await using var old = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(10)));
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        using var running = await edge.ConnectAsync();
        await running.SendAsync(Hello);
        await running.ReceiveAsync(new byte[Hello.Length]);

        await using var renewed = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(40)));
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 2, TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            await EchoAsync(edge);
        }

        old.Opened.Count.ShouldBe(1);
        renewed.Opened.Count.ShouldBe(3);

        await running.SendAsync("still here"u8.ToArray());
        (await running.ReceiveAsync(new byte[100])).ShouldBe("still here".Length);
    }

    [Fact] // S10: an operator has shortened the lives of certificates
    public async Task Pick_AfterARenewalThatEndsSooner_StillUsesTheNewCertificate()
    {
        await using var edge = RunningEdge.Start();
        var now = TimeProvider.System.GetUtcNow();
        var first = edge.Platform.Agent(notBefore: now.AddMinutes(-20), notAfter: now.AddMinutes(40));
        await using var old = await TestAgent.DialAsync(edge, first);
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        var second = edge.Platform.Agent(notBefore: now.AddMinutes(-1), notAfter: now.AddMinutes(5));
        await using var renewed = await TestAgent.DialAsync(edge, second);
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 2, TestContext.Current.CancellationToken);

        await EchoAsync(edge);

        old.Opened.Count.ShouldBe(0);
        renewed.Opened.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Pick_RenewedConnectionGone_FallsBackToTheOneThatIsLeft()
    {
        await using var edge = RunningEdge.Start();
        var now = TimeProvider.System.GetUtcNow();
        await using var old = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(10)));
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        var renewed = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(40)));
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 2, TestContext.Current.CancellationToken);
        await renewed.DisposeAsync();
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        await EchoAsync(edge);
        old.Opened.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Add_NinthConnectionOfOneCertificate_SupersedesTheOldest() // S3
    {
        await using var edge = RunningEdge.Start();
        var certificate = edge.Platform.Agent();
        List<TestAgent> agents = [];
        for (var i = 1; i <= 9; i++)
        {
            agents.Add(await TestAgent.DialAsync(edge, certificate));
            var count = Math.Min(i, 8);
            await Eventually.UntilAsync(
                () => edge.Server.Agents.All.Count() >= count,
                TestContext.Current.CancellationToken
            );
        }

        (await agents[0].Mux.PeerGoAway.WaitAsync(Eventually.Limit)).Code.ShouldBe(ConnectionErrorCode.Superseded);
        agents[1].Mux.PeerGoAway.IsCompleted.ShouldBeFalse();
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    [Fact] // S29
    public async Task Pick_ByHostname_KeepsEachNameAtOneAgentAndUsesBoth()
    {
        await using var edge = RunningEdge.Start();
        await using var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
        for (var name = 0; name < 16; name++)
        {
            var hello = Hellos.Build(Hellos.ServerName($"n{name}.{TestPlatform.Domain}"));
            var before = (one.Opened.Count, two.Opened.Count);
            for (var i = 0; i < 3; i++)
            {
                await EchoAsync(edge, hello);
            }

            var more = (one.Opened.Count - before.Item1, two.Opened.Count - before.Item2);
            more.ShouldBeOneOf((3, 0), (0, 3));
        }

        one.Opened.Count.ShouldBeGreaterThan(0);
        two.Opened.Count.ShouldBeGreaterThan(0);
    }

    [Fact] // S29, W12
    public async Task Pick_AgentThatDrains_GivesWayToTheNext()
    {
        await using var edge = RunningEdge.Start();
        await using var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
        await EchoAsync(edge);
        var (first, second) = one.Opened.IsEmpty ? (two, one) : (one, two);

        first.Mux.GoAway(ConnectionErrorCode.Shutdown, TimeSpan.FromSeconds(30), "drains");
        await Eventually.UntilAsync(
            () => edge.Server.Agents.All.Count(a => a.AcceptsStreams) == 1,
            TestContext.Current.CancellationToken
        );
        await EchoAsync(edge);

        second.Opened.Count.ShouldBe(1);
    }

    [Fact] // S29
    public async Task Pick_ByClient_KeepsEveryNameOfAnAddressAtOneAgent()
    {
        await using var edge = RunningEdge.Start(feed: Feeds.Of(Feeds.Tunnel(affinity: "client")));
        await using var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
        for (var name = 0; name < 12; name++)
        {
            await EchoAsync(edge, Hellos.Build(Hellos.ServerName($"n{name}.{TestPlatform.Domain}")));
        }

        (one.Opened.Count, two.Opened.Count).ShouldBeOneOf((12, 0), (0, 12));
    }

    [Fact]
    public async Task Apply_Disconnect_EndsTheConnectionsOfThatInstanceOnce()
    {
        await using var edge = RunningEdge.Start();
        await using var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
        var feed = Feeds.Of(
            Feeds.Tunnel(disconnects: [new Culvert.Platform.Wire.EdgeFeedDisconnect(InstanceId: "a1", Number: 3)])
        );

        edge.Use(feed);

        var said = await one.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
        said.Code.ShouldBe(ConnectionErrorCode.Shutdown);
        said.Text.ShouldBe("disconnected by an operator");
        two.Mux.PeerGoAway.IsCompleted.ShouldBeFalse();
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        await using var again = await edge.AgentAsync("a1");
        edge.Use(feed);
        again.Mux.PeerGoAway.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Drain_ByOperator_SendsAgentsAwayAndTakesNoNewOnes()
    {
        await using var edge = RunningEdge.Start();
        await using var agent = await edge.AgentAsync("a1");
        var feed = Feeds.Of(Feeds.Tunnel());

        edge.Use(feed with { Edge = feed.Edge with { Draining = true } });

        var said = await agent.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
        (said.Code, said.Text).ShouldBe((ConnectionErrorCode.Shutdown, "drained by an operator"));
        edge.Server.IsDraining.ShouldBeTrue();
        await TlsRefusal.ExpectAsync(async () =>
        {
            await using var late = await TestAgent.DialAsync(edge, edge.Platform.Agent("a2"));
            await late.Mux.PeerHello.WaitAsync(Eventually.Limit);
        });

        edge.Use(feed);
        edge.Server.IsDraining.ShouldBeFalse();
        await agent.DisposeAsync();
        await Eventually.UntilAsync(() => !edge.Server.Agents.All.Any(), TestContext.Current.CancellationToken);
        await using var back = await edge.AgentAsync("a1");
    }

    private static async Task<System.Net.Sockets.Socket> ServedAsync(RunningEdge edge)
    {
        var client = await edge.ConnectAsync();
        await client.SendAsync(Hello);
        (await client.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);
        return client;
    }

    private static Task EchoAsync(RunningEdge edge) => EchoAsync(edge, Hello);

    private static async Task EchoAsync(RunningEdge edge, byte[] hello)
    {
        using var client = await edge.ConnectAsync();
        await client.SendAsync(hello);
        (await client.ReceiveAsync(new byte[hello.Length])).ShouldBeGreaterThan(0);
    }
}
