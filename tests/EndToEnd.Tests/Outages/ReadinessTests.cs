using Culvert.EndToEnd.Tests.Harness;
using Culvert.Platform.Launching;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Outages;

/// <summary>What <c>culvert tunnel status</c> says follows what calls meet, whichever part goes and comes back.</summary>
[Collection(RefusedSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class ReadinessTests(RefusedSystem system) : SystemTest(system)
{
    /// <summary>Generous: the figures that are printed are what counts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Status_EachPartKilledAndStartedAgain_IsTrueWithinSeconds()
    {
        await ShouldBecomeAsync("ready", "the whole system");

        await LoseAsync(Installation.Agent.Process, Installation.Agent.Health, "not_ready");
        await LoseAsync(Installation.McpServer.Process, null, "not_ready");
        await LoseAsync(Installation.Edge.Process, Installation.Edge.Health, "not_ready");

        await Installation.Service.Process.KillAsync(Cancel);
        await System.RestartAsync(Installation.Service.Process, Installation.Service.Health, Cancel);
        await ShouldBecomeAsync("ready", "service killed and started");
    }

    private async Task LoseAsync(ProgramProcess process, HealthProbe? health, string state)
    {
        await process.KillAsync(Cancel);
        await ShouldBecomeAsync(state, $"{process.Name} killed");
        process.Start();
        Installation.RecordProcesses();
        if (health is not null)
        {
            await UntilAsync(async () => await health.ObstacleAsync(Cancel) == "", $"{process.Name} is ready", Limit);
        }

        await ShouldBecomeAsync("ready", $"{process.Name} started");
    }

    private async Task ShouldBecomeAsync(string state, string after)
    {
        var took = await UntilAsync(async () => await StateAsync() == state, $"{after}: {state}", Limit);
        Figure($"tunnel status after {after}: {state} after {took.TotalSeconds:0.0} s");
    }

    private async Task<string?> StateAsync()
    {
        var status = await Installation.Operator.RunAsync($"tunnel status {Installation.Record.Tunnel.Id}", Cancel);
        status.GetProperty("ready").GetBoolean().ShouldBe(status.GetProperty("state").GetString() == "ready");
        return status.GetProperty("state").GetString();
    }
}
