using System.Net;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;
using RunningEdge = Culvert.Tunnel.Edge.Tests.Support.RunningEdge;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>Announced ACME challenges over real sockets (S25): from a refused address to any agent, for a moment.</summary>
public sealed class ChallengeTests
{
    private const string Name = "docs." + TestPlatform.Domain;
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName(Name), Hellos.Alpn("acme-tls/1"));

    [Fact]
    public async Task Challenge_FromARefusedAddress_ReachesAnAgentAndIsCountedForNobody()
    {
        await using var edge = RunningEdge.Start(feed: Announced(TimeProvider.System));
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            await stream.Output.WriteAsync("server hello"u8.ToArray());
            await stream.Output.CompleteAsync();
        });

        (await edge.ExchangeAsync(Hello)).ShouldBe("server hello"u8.ToArray());

        agent.Opened.Count.ShouldBe(1);
        edge.Server.Traffic.All.ShouldAllBe(traffic => traffic.Accepted == 0 && traffic.BytesToClients == 0);
    }

    [Fact]
    public async Task Challenge_EndOfTheAnnouncement_RefusesAtOnce()
    {
        await using var edge = RunningEdge.Start(feed: Announced(TimeProvider.System, clients: "127.0.0.0/8"));
        await using var agent = await edge.AgentAsync();
        edge.Use(Feeds.Of(Feeds.Tunnel()));
        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 120]);
    }

    [Fact]
    public async Task Challenge_MoreFromOneSourceThanItsPart_GetsAlert80()
    {
        var time = new FakeTimeProvider();
        await using var edge = RunningEdge.Start(
            feed: Announced(time),
            time: time,
            lastContact: () => time.GetUtcNow()
        );
        for (var i = 0; i < ChallengeGate.SourceAtOnce; i++)
        {
            (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]); // no agent can answer it
        }

        var before = Refused(edge);
        (await edge.ExchangeAsync(Hello)).ShouldBe([21, 3, 3, 0, 2, 2, 80]);
        Refused(edge).ShouldBe(before + 1);

        static long Refused(RunningEdge edge) => edge.Server.Traffic.All.Sum(traffic => traffic.Refused);
    }

    [Fact]
    public async Task Challenge_ThatDoesNotEnd_IsClosedAfterTenSeconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var edge = RunningEdge.Start(
            feed: Announced(time),
            time: time,
            lastContact: () => time.GetUtcNow()
        );
        await using var agent = await edge.AgentAsync();
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await socket.ReceiveAsync(new byte[Hello.Length]); // echoed: it is being relayed
        edge.Server.Clients.ShouldBe(1);

        time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.UntilAsync(() => edge.Server.Clients == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Gate_Refills_AndForgetsNamesThatAreNotAnnounced()
    {
        var time = new FakeTimeProvider();
        var gate = new ChallengeGate(time);
        for (var i = 0; i < ChallengeGate.AtOnce; i++)
        {
            gate.TryEnter(Name, Source(i)).ShouldBeTrue();
        }

        gate.TryEnter(Name, Source(100)).ShouldBeFalse();
        gate.TryEnter("other", Source(0)).ShouldBeTrue();
        time.Advance(TimeSpan.FromMilliseconds(200));
        gate.TryEnter(Name, Source(100)).ShouldBeTrue();
        gate.TryEnter(Name, Source(101)).ShouldBeFalse();
        gate.Apply(EdgeSnapshot.From(Feeds.Of(), new TestPlatform().Trust));
        gate.TryEnter(Name, Source(0)).ShouldBeTrue();
    }

    [Fact] // a client that knows of an announcement may connect as often as it likes: the CA still gets through
    public void Gate_OneSourceLooksWithoutAPause_LeavesTheCaItsPart()
    {
        var time = new FakeTimeProvider();
        var gate = new ChallengeGate(time);
        var admitted = 0;
        for (var i = 0; i < 10_000; i++)
        {
            admitted += gate.TryEnter(Name, Source(0)) ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        admitted.ShouldBeInRange(14, 15);
        for (var perspective = 1; perspective <= 10; perspective++)
        {
            gate.TryEnter(Name, Source(perspective)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Gate_AddressesOfOneIpv6Network_AreOneSource()
    {
        var gate = new ChallengeGate(new FakeTimeProvider());

        var admitted = Enumerable.Range(1, 10).Count(i => gate.TryEnter(Name, IPAddress.Parse($"2001:db8::{i:x}")));

        admitted.ShouldBe(ChallengeGate.SourceAtOnce);
    }

    private static IPAddress Source(int number) => new([10, 0, 0, (byte)number]);

    [Fact]
    public void Visit_OfAChallenge_HasNoAffinityAndNoRanges()
    {
        var tunnel = TunnelRoute.From(Feeds.Tunnel(clients: []));
        var first = Context(1);
        first.AffinityTo(tunnel).ShouldNotBe(Context(2).AffinityTo(tunnel));
        first.IsAllowedBy(tunnel).ShouldBeTrue();
        first.IsAllowedBy(TunnelRoute.From(Feeds.Tunnel(status: TunnelStatus.Paused))).ShouldBeFalse();
        first.IsAllowedBy(null).ShouldBeFalse();

        static ClientContext Context(int port) =>
            new(new IPEndPoint(IPAddress.Loopback, port), Name, null) { IsChallenge = true };
    }

    [Fact]
    public async Task Acknowledgements_EachChallenge_IsToldOnceAndAgainUntilTaken()
    {
        var time = new FakeTimeProvider();
        var told = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var taken = false;
        using var stop = new CancellationTokenSource();
        var acknowledgements = new ChallengeAcknowledgements(
            (id, _) =>
            {
                told.Enqueue(id);
                return Task.FromResult(Volatile.Read(ref taken));
            },
            time
        );
        var running = acknowledgements.RunAsync(stop.Token);
        var snapshot = EdgeSnapshot.From(Announced(time), new TestPlatform().Trust);
        acknowledgements.Apply(snapshot);
        await Eventually.UntilAsync(
            () => !told.IsEmpty && time.PendingTimers == 1,
            TestContext.Current.CancellationToken
        );
        Volatile.Write(ref taken, true);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync(() => told.Count == 2, TestContext.Current.CancellationToken);
        acknowledgements.Apply(snapshot);
        acknowledgements.Apply(snapshot);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        told.ShouldBe(["acmc_01", "acmc_01"]);
    }

    private static EdgeFeed Announced(TimeProvider time, params string[] clients) =>
        Feeds.Of(Feeds.Tunnel(clients: clients)) with
        {
            AcmeChallenges = [Feeds.Challenge(Name, time.GetUtcNow().AddMinutes(5))],
        };
}
