using System.Net;
using System.Net.Sockets;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Hosting;

/// <summary>
/// S10: an edge whose own certificate was withdrawn, or expired, serves no connection, and serves again with the next
/// certificate.
/// </summary>
public sealed class WithdrawalTests
{
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName("docs." + TestPlatform.Domain));

    [Fact]
    public async Task Withdrawn_Edge_ClosesEverythingAndComesBack()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        string? withdrawal = null;
        await using var edge = RunningEdge.Start(time: time, withdrawal: () => Volatile.Read(ref withdrawal));
        await using var agent = await edge.AgentAsync();
        using var client = await edge.ConnectAsync();
        await client.SendAsync(Hello);
        (await client.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);

        Volatile.Write(ref withdrawal, "The service refused it.");
        time.Advance(TimeSpan.FromSeconds(1));

        await agent.Run.WaitAsync(Eventually.Limit);
        await RunningEdge.ReadToEndAsync(client);
        foreach (var listener in (IPEndPoint[])[edge.Agents, edge.Sni, edge.Connect])
        {
            await Eventually.UntilAsync(() => !IsListening(listener), TestContext.Current.CancellationToken);
        }

        // The last look may have been taken just before the listener closed; the edge hears of the ends after this side.
        await Eventually.UntilAsync(
            () => edge.Server.Clients == 0 && !edge.Server.Agents.All.Any(),
            TestContext.Current.CancellationToken
        );

        Volatile.Write(ref withdrawal, null);
        await UntilAsync(time, () => IsListening(edge.Agents) && IsListening(edge.Sni) && IsListening(edge.Connect));
        await using var next = await edge.AgentAsync("a2");
        using var again = await edge.ConnectAsync();
        await again.SendAsync(Hello);
        (await again.ReceiveAsync(new byte[Hello.Length])).ShouldBeGreaterThan(0);
    }

    [Fact] // an agent whose handshake had begun before the listener was closed
    public async Task Withdrawn_Edge_TakesNoAgent()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow()); // waits: the listener is not closed yet
        await using var edge = RunningEdge.Start(time: time, withdrawal: () => "The service refused it.");

        await Should.ThrowAsync<IOException>(() => TestAgent.AuthenticateAsync(edge, edge.Platform.Agent()));

        edge.Server.Agents.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Withdrawn_AddressTakenMeanwhile_IsTriedAgainEverySecond()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var withdrawal = "The service refused it.";
        await using var edge = RunningEdge.Start(time: time, withdrawal: () => Volatile.Read(ref withdrawal));
        await UntilAsync(time, () => !IsListening(edge.Sni));
        using (var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            other.Bind(edge.Sni);
            other.Listen(1);
            Volatile.Write(ref withdrawal!, null);
            await UntilAsync(time, () => IsListening(edge.Agents));
            time.Advance(TimeSpan.FromSeconds(3));
            IsListening(edge.Sni).ShouldBeTrue();
            using var taken = await other.AcceptAsync(TestContext.Current.CancellationToken); // not by the edge
        }

        await UntilAsync(time, () => IsListening(edge.Sni));
    }

    // The clock advances only while the listeners are being changed on other threads.
    private static Task UntilAsync(FakeTimeProvider time, Func<bool> condition) =>
        Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            TestContext.Current.CancellationToken
        );

    private static bool IsListening(IPEndPoint endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
