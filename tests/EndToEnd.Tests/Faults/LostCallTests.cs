using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// One process after the other ends as by a power cut under numbered calls: none arrives twice at the server, every lost
/// one is reported to its client with its hop, and where nothing had to be lost nothing is.
/// </summary>
[Collection(FaultSystemCollection.Name)]
public sealed class LostCallTests(FaultSystem system) : FaultTest(system)
{
    public enum Part
    {
        Upstream,
        Agent,
        Edge,
        Service,
        IdentityProvider,
    }

    [Theory]
    [Trait(Soak.Name, "kill")]
    [InlineData(Part.Upstream, "upstream")]
    [InlineData(Part.Agent, FailedHop.Connection, Traits = ["Level", "full"])]
    [InlineData(Part.Edge, FailedHop.Connection, Traits = ["Level", "full"])]
    [InlineData(Part.Service, "", Traits = ["Level", "full"])]
    [InlineData(Part.IdentityProvider, "", Traits = ["Level", "full"])]
    public async Task Kill_UnderNumberedCalls_RunsNoneTwiceAndReportsEachLossWithItsHop(Part part, string hop)
    {
        for (var round = 0; round < Soak.Rounds("kill", shortForm: 1, full: 20); round++)
        {
            await KillOnceAsync(part, hop);
        }
    }

    private async Task KillOnceAsync(Part part, string hop)
    {
        await MendAsync();
        IReadOnlyList<CallOutcome> outcomes;
        TimeSpan back;
        await using (var load = CallLoad.Start(System, keeping: 8, reconnecting: 2))
        {
            await load.FirstGoodCallAsync(DateTimeOffset.MinValue, Limit, Cancel);
            await UntilAsync(() => Task.FromResult(load.Outcomes.Count > 40), "the load runs");

            await Process(part).KillAsync(Cancel);
            var ended = TimeProvider.System.GetUtcNow();
            // Calls continue without it for some time, so that not only the calls of that moment fail.
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancel);
            await RestartAsync(part);
            back = (await load.FirstGoodCallAsync(ended, Limit, Cancel)).Ended - ended;
            await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Limit, Cancel);
            outcomes = load.Outcomes;
        }

        var lost = outcomes.Where(o => o.Error is not null).ToList();
        var calls = System.Upstream.Calls();
        Figure(
            $"kill -9 of {Process(part).Name}: {outcomes.Count} calls, {lost.Count} lost "
                + $"({lost.Count(o => calls.ContainsKey(o.Text))} of them had run), 0 ran twice, "
                + $"first good call after {Milliseconds(back)}"
        );
        calls.Where(c => c.Value > 1).ShouldBeEmpty();
        outcomes.Where(o => o.Error is null && !calls.ContainsKey(o.Text)).ShouldBeEmpty();
        lost.Where(o => o.Hop != hop).Select(o => $"{o.Hop}: {o.Error}").ShouldBeEmpty();
        if (hop.Length == 0)
        {
            lost.ShouldBeEmpty();
        }
    }

    private ProgramProcess Process(Part part) =>
        part switch
        {
            Part.Upstream => System.Upstream.Process,
            Part.Agent => Installation.Agent.Process,
            Part.Edge => Installation.Edge.Process,
            Part.Service => Installation.Service.Process,
            _ => Installation.IdentityProvider.Process,
        };

    private Task RestartAsync(Part part) =>
        part switch
        {
            Part.Upstream => System.StartUpstreamAsync(Cancel),
            Part.Agent => RestartAsync(Installation.Agent.Process, Installation.Agent.Health),
            Part.Edge => RestartAsync(Installation.Edge.Process, Installation.Edge.Health),
            Part.Service => RestartAsync(Installation.Service.Process, Installation.Service.Health),
            _ => RestartProviderAsync(),
        };

    private Task RestartAsync(ProgramProcess process, HealthProbe health) =>
        System.RestartAsync(process, health, Cancel);

    private async Task RestartProviderAsync()
    {
        Installation.IdentityProvider.Start();
        Installation.RecordProcesses();
        await Installation.IdentityProvider.WaitAsync(Cancel);
    }
}
