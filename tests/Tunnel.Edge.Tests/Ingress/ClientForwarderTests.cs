using System.Net;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Faults;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>Which connection of an agent a client gets, and which one next.</summary>
public sealed class ClientForwarderTests : SniListenerTest
{
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

        await Eventually.UntilAsync(
            () => edge.Server.Agents.All.Count() == agents.Count,
            TestContext.Current.CancellationToken
        );

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
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        way.Open.Single().Cut();
        time.Advance(TimeSpan.FromMilliseconds(10));
        using var socket = await edge.ConnectAsync();
        await socket.SendAsync(Hello);
        await Eventually.UntilAsync(
            () => edge.Server.Agents.All.Single().OpenStreams == 1,
            TestContext.Current.CancellationToken
        );
        await using var live = await edge.AgentAsync("a2");

        var receiving = ReceiveAsync(socket, Hello.Length);
        for (var second = 0; second < 5; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }

        (await receiving).ShouldBe(Hello);
        live.Opened.Count.ShouldBe(1);
        silent.Opened.Count.ShouldBe(0);
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
}
