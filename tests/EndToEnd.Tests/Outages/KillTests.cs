using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Outages;

/// <summary>One part after the other ends as by a power cut while calls run; the same command is started again, nothing else.</summary>
[Collection(ShortLivedSystemCollection.Name)]
public sealed class KillTests(ShortLivedSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figure that is printed is what counts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public enum Part
    {
        Agent,
        Edge,
        Service,
    }

    [Theory]
    [Trait(Soak.Name, "kill")]
    [InlineData(Part.Agent)]
    [InlineData(Part.Edge)]
    [InlineData(Part.Service)]
    public async Task Kill_UnderCalls_RecoversUnaided(Part part)
    {
        for (var round = 0; round < Soak.Rounds("kill", shortForm: 1, full: 20); round++)
        {
            await KillOnceAsync(part);
        }
    }

    private async Task KillOnceAsync(Part part)
    {
        var (process, health) = Of(part);
        IReadOnlyList<CallOutcome> outcomes;
        IReadOnlyCollection<string> presented;
        await using (var load = CallLoad.Start(System, keeping: 2, reconnecting: 2))
        {
            await load.FirstGoodCallAsync(DateTimeOffset.MinValue, Limit, Cancel);

            var killed = TimeProvider.System.GetUtcNow();
            await process.KillAsync(Cancel);
            var ended = TimeProvider.System.GetUtcNow();
            await System.RestartAsync(process, health, Cancel);
            var good = await load.FirstGoodCallAsync(ended, Limit, Cancel);
            Figure($"kill -9 of {process.Name}: first good call after {(good.Ended - killed).TotalMilliseconds:0} ms");

            var seen = load.Serials.Count;
            await UntilAsync(
                () => Task.FromResult(load.Serials.Count > seen),
                "the leaf is renewed, with the restarted part",
                Limit
            );
            await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Limit, Cancel);
            outcomes = load.Outcomes;
            presented = load.Serials;
        }

        RunTwice(outcomes).ShouldBeEmpty();
        (await MissingFromInventoryAsync(presented)).ShouldBeEmpty();
    }

    private (ProgramProcess Process, HealthProbe Health) Of(Part part) =>
        part switch
        {
            Part.Agent => (Installation.Agent.Process, Installation.Agent.Health),
            Part.Edge => (Installation.Edge.Process, Installation.Edge.Health),
            _ => (Installation.Service.Process, Installation.Service.Health),
        };

    /// <summary>Calls whose argument arrived at the MCP server more than once.</summary>
    private IReadOnlyList<string> RunTwice(IEnumerable<CallOutcome> outcomes) =>
        [
            .. outcomes
                .Select(o => o.Text)
                .Where(text => System.UpstreamSide.Count(Encoding.UTF8.GetBytes($"\"message\":\"{text}\"")) > 1),
        ];

    /// <summary>
    /// Serials, of leaves presented and of platform certificates held, that the inventory does not have as issued. What the programs hold
    /// is read before the inventory: they continue to renew, and one that is issued between the two reads would look like a lost one.
    /// </summary>
    private async Task<IReadOnlyList<string>> MissingFromInventoryAsync(IEnumerable<string> presented)
    {
        string[] used = [.. presented, PlatformSerial(TunnelAgent.AutomaticName), PlatformSerial(TunnelEdge.Name)];
        using var api = new ManagementApi(Installation.Service);
        var certificates = await api.ListAsync("/v1/certificates?limit=1000", Cancel);
        var issued = certificates
            .Where(c => c.GetProperty("status").GetString() == "issued")
            .Select(c => c.GetProperty("serial").GetString()!)
            .ToHashSet(StringComparer.Ordinal);
        return [.. used.Where(serial => !issued.Contains(serial))];
    }

    /// <summary>The platform certificate that a program holds at this moment.</summary>
    private string PlatformSerial(string program)
    {
        using var state = JsonDocument.Parse(
            File.ReadAllText(Installation.Run.File(program, "state", "platform.json"))
        );
        return state.RootElement.GetProperty("enrolment").GetProperty("certificate").GetProperty("serial").GetString()!;
    }
}
