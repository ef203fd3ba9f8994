using System.Net;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Culvert.Testing.Faults;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The agent's way out is a CONNECT proxy that comes and goes.</summary>
[Collection(FaultSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class FlappingProxyTests(FaultSystem system) : FaultTest(system)
{
    private const int Flaps = 5;

    [Fact]
    public async Task Proxy_Flapping_LosesWhatIsInFlightAndNothingElse()
    {
        await MendAsync();
        await using var proxy = new ConnectProxy();
        await using var way = new FaultRelay { Target = new IPEndPoint(IPAddress.Loopback, proxy.Url.Port) };
        var file = Installation.Run.File(Installation.Agent.Name, "agent.yaml");
        var settings = await File.ReadAllTextAsync(file, Cancel);
        var secret = Installation.Run.File(Installation.Agent.Name, "proxy.secret");
        await File.WriteAllTextAsync(secret, ConnectProxy.Password, Cancel);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            await UseAsync(
                file,
                $"""
                {settings}
                network:
                  proxy:
                    url: "http://{way.EndPoint}"
                    username: {ConnectProxy.UserName}
                    password: "file:{secret}"
                """
            );
            proxy.Targets.ShouldNotBeEmpty();
            await FlapAsync(way);
        }
        finally
        {
            way.Up();
            await UseAsync(file, settings);
        }
    }

    private async Task FlapAsync(FaultRelay way)
    {
        var before = ProgramUse.Of(Installation.Agent.Process).Descriptors;
        IReadOnlyList<CallOutcome> outcomes;
        int dialled;
        await using (var load = CallLoad.Start(System, keeping: 4, reconnecting: 1))
        {
            await load.FirstGoodCallAsync(DateTimeOffset.MinValue, Limit, Cancel);
            for (var flap = 0; flap < Flaps; flap++)
            {
                way.Down();
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancel);
                way.Up();
                await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Limit, Cancel);
            }

            // One long outage: the agents that dial back off.
            var dials = way.Accepted;
            way.Down();
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Cancel);
            dialled = way.Accepted - dials;
            way.Up();
            await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Limit, Cancel);
            outcomes = load.Outcomes;
        }

        await UntilQuietAsync();
        var lost = outcomes.Where(o => o.Error is not null).ToList();
        var after = ProgramUse.Of(Installation.Agent.Process).Descriptors;
        Figure(
            $"outbound proxy flapping {Flaps + 1} times: {outcomes.Count} calls, {lost.Count} lost and told, 0 ran twice; "
                + $"{dialled} dials in an outage of 5 s; descriptors of the agent {before} → {after}"
        );
        var calls = System.Upstream.Calls();
        calls.Where(c => c.Value > 1).ShouldBeEmpty();
        outcomes.Where(o => o.Error is null && !calls.ContainsKey(o.Text)).ShouldBeEmpty();
        lost.Where(o => o.Hop != FailedHop.Connection).Select(o => o.Error).ShouldBeEmpty();
        dialled.ShouldBeLessThan(40);
        after.ShouldBeLessThan(before + 20);
    }

    private async Task UseAsync(string file, string settings)
    {
        await Installation.Agent.Process.StopAsync(TimeSpan.FromSeconds(10), Cancel);
        await File.WriteAllTextAsync(file, settings, CancellationToken.None);
        await System.RestartAsync(Installation.Agent.Process, Installation.Agent.Health, Cancel);
        await UntilQuietAsync();
    }
}
