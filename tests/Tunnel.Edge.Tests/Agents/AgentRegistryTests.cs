using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol;

namespace Culvert.Tunnel.Edge.Tests.Agents;

/// <summary>Which connection serves a client (W14), and what renewals and too many connections do (S3, S10).</summary>
public sealed class AgentRegistryTests
{
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName(TestPlatform.Domain));

    [Fact]
    public async Task Pick_SeveralConnections_SpreadsClientsEvenly()
    {
        await using var edge = RunningEdge.Start();
        await using var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
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
        await using var busy = await edge.AgentAsync("a1");
        List<IDisposable> clients = [];
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await ServedAsync(edge));
        }

        await using var fresh = await edge.AgentAsync("a2");
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 2);
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
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 1);
        using var running = await edge.ConnectAsync();
        await running.SendAsync(Hello);
        await running.ReceiveAsync(new byte[Hello.Length]);

        await using var renewed = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(40)));
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 2);
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
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 1);
        var second = edge.Platform.Agent(notBefore: now.AddMinutes(-1), notAfter: now.AddMinutes(5));
        await using var renewed = await TestAgent.DialAsync(edge, second);
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 2);

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
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 1);
        var renewed = await TestAgent.DialAsync(edge, edge.Platform.Agent(notAfter: now.AddMinutes(40)));
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 2);
        await renewed.DisposeAsync();
        await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() == 1);
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
            await RunningEdge.UntilAsync(() => edge.Server.Agents.All.Count() >= count);
        }

        (await agents[0].Mux.PeerGoAway.WaitAsync(RunningEdge.Patience)).Code.ShouldBe(ConnectionErrorCode.Superseded);
        agents[1].Mux.PeerGoAway.IsCompleted.ShouldBeFalse();
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    private static async Task<System.Net.Sockets.Socket> ServedAsync(RunningEdge edge)
    {
        var client = await edge.ConnectAsync();
        await client.SendAsync(Hello);
        (await client.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);
        return client;
    }

    private static async Task EchoAsync(RunningEdge edge)
    {
        using var client = await edge.ConnectAsync();
        await client.SendAsync(Hello);
        (await client.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);
    }
}
