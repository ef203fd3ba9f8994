using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// The real programs: the root that machines recognise each other by changes while calls run, and an agent that was off
/// during all of it, and pins the old root, finds back by the link (S11).
/// </summary>
[Collection(ShortLivedSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class PlatformRootTests(ShortLivedSystem system) : SystemTest(system)
{
    // In the long form the switch itself waits for a minute, until every node of the service knows the new root.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait(Soak.Name, "rotation")]
    public async Task Swap_UnderCalls_FailsNone_AndWhoSleptFindsBack()
    {
        await System.UntilReadyAsync(Cancel);
        var sleeper = await SleeperAsync();
        var asleepSince = TimeProvider.System.GetUtcNow();
        var root = "";
        IReadOnlyList<CallOutcome> outcomes;
        await using (var load = CallLoad.Start(System, keeping: 2, reconnecting: 2))
        {
            await load.FirstGoodCallAsync(DateTimeOffset.MinValue, Patience, Cancel);
            root = await SwapAsync();
            await UntilAsync(
                () => IsUnderAsync(TunnelAgent.AutomaticName),
                "the agent has a certificate of the new root"
            );
            await UntilAsync(() => IsUnderAsync(TunnelEdge.Name), "the edge has a certificate of the new root");
            await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Patience, Cancel);
            outcomes = load.Outcomes;
        }

        var failed = outcomes.Where(o => o.Error is not null).Select(o => o.Error).ToList();
        Figure($"platform root: {outcomes.Count} calls while it changed, {failed.Count} failed");
        failed.ShouldBeEmpty();

        await UntilAsync(
            () => Task.FromResult(TimeProvider.System.GetUtcNow() > asleepSince + ShortLivedSystem.PlatformLife),
            "what the sleeper has is expired"
        );
        sleeper.Start();
        Installation.RecordProcesses();
        await sleeper.WaitAsync(Cancel);
        (await IsUnderAsync(sleeper.Name)).ShouldBeTrue();
        (await StatesAsync())[root].ShouldBe("active");
        await ServeAloneAsync(sleeper);
    }

    // It has enrolled once, and holds nothing but the old root from then on.
    private async Task<TunnelAgent> SleeperAsync()
    {
        var agent = new TunnelAgent(
            "tunnel-agent-asleep",
            Installation.Run,
            PortProbe.FreeBlock().ManualAgentHealth,
            TimeProvider.System
        );
        await agent.ConfigureAsync(
            Installation.Federated(Installation.Record.AgentRuleId, IdentityProvider.AgentClient).ToYaml(),
            Installation.Record.Tunnel.Id,
            certificates: "",
            new Dictionary<string, Uri> { [TunnelAgent.Route] = Installation.McpServer.Upstream },
            [],
            areMcp: false,
            Installation.IdentityProvider,
            Cancel
        );
        agent.Start();
        await agent.WaitAsync(Cancel);
        await agent.Process.StopAsync(TimeSpan.FromSeconds(30), Cancel);
        return agent;
    }

    /// <summary>The new root's id, once it signs.</summary>
    private async Task<string> SwapAsync()
    {
        var culvert = Installation.Operator;
        await culvert.RunAsync("platform-root prepare", Cancel, ["--reason", "test"]);
        var root = (await StatesAsync()).Single(s => s.Value == "staged").Key;
        await UntilAsync(
            async () =>
                (await culvert.TryRunAsync(["platform-root", "activate", root, "-o", "json"], Cancel)).Succeeded,
            "everybody live holds the new root"
        );
        return root;
    }

    private async Task<IReadOnlyDictionary<string, string>> StatesAsync() =>
        (await Installation.Operator.RunAsync("platform-root show", Cancel))
            .GetProperty("roots")
            .EnumerateArray()
            .ToDictionary(r => r.GetProperty("id").GetString()!, r => r.GetProperty("state").GetString()!);

    // A machine with a certificate of the new root also sends the link certificate: the new root's key, certified by
    // the old root.
    private async Task<bool> IsUnderAsync(string program)
    {
        using var state = JsonDocument.Parse(
            await File.ReadAllTextAsync(Installation.Run.File(program, "state", "platform.json"), Cancel)
        );
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(
            state.RootElement.GetProperty("enrolment").GetProperty("certificate").GetProperty("chain_pem").GetString()
        );
        var pinned = new X509Certificate2Collection();
        pinned.ImportFromPemFile(Installation.Service.PlatformCaFile);
        return chain.Count > 1
            && chain[^1].Issuer == pinned[0].Subject
            && chain[^1].GetPublicKeyString() != pinned[0].GetPublicKeyString();
    }

    private async Task ServeAloneAsync(TunnelAgent agent)
    {
        var first = Installation.Agent;
        await first.Process.StopAsync(TimeSpan.FromSeconds(30), Cancel);
        try
        {
            using var caller = await System.ConnectAsync(Cancel);
            (await caller.EchoAsync("awake", Cancel)).ShouldContain("awake");
        }
        finally
        {
            first.Start();
            await first.WaitAsync(CancellationToken.None);
            await agent.Process.StopAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            Installation.RecordProcesses();
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var limit = TimeProvider.System.GetUtcNow() + Patience;
        while (!await condition())
        {
            (TimeProvider.System.GetUtcNow() < limit).ShouldBeTrue($"not in time: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancel);
        }
    }
}
