using System.Collections.Concurrent;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Testing;
using Culvert.Testing.Faults;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The network between agent and edge is cut without a reset, is slow and loses segments, or flaps.</summary>
[Collection(FaultSystemCollection.Name)]
public sealed class NetworkTests(FaultSystem system) : FaultTest(system)
{
    private const int InFlight = 8;

    /// <summary>W4 says 15 s; the peer then has a second to close, and the rest is for a machine that is busy.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);

    /// <summary>Well before a call would have waited for the cut connection to be noticed.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task Cut_OneOfTwoConnections_IsNoticedByBothAndNewCallsTakeTheOther()
    {
        await MendAsync();
        var running = await StartNeverAnsweredAsync();
        var (edge, agent) = (
            new LogCount(Installation.Edge.Process, ", closed: "),
            new LogCount(Installation.Agent.Process, "A connection to edge")
        );

        System.AgentPath.Open[0].Cut();
        var calls = CallMeanwhileAsync(() => edge.Now > 0 && agent.Now > 0);
        var edgeNoticed = UntilAsync(() => Task.FromResult(edge.Now > 0), "the edge notices");
        var agentNoticed = UntilAsync(() => Task.FromResult(agent.Now > 0), "the agent notices");
        await Task.WhenAll(edgeNoticed, agentNoticed);
        var taken = await calls;

        await UntilAsync(() => Task.FromResult(running.Exists(r => r.Call.IsFaulted)), "lost calls are told");
        var lost = running.Where(r => r.Call.IsCompleted).ToList();
        Figure(
            $"outer connection cut: edge noticed after {Seconds(await edgeNoticed)}, agent after "
                + $"{Seconds(await agentNoticed)}; {lost.Count} of {InFlight} calls in flight lost and told; "
                + $"{taken.Count} new calls meanwhile, 0 lost, the longest took {Milliseconds(taken.Max())}"
        );
        (await edgeNoticed).ShouldBeLessThan(Noticed);
        (await agentNoticed).ShouldBeLessThan(Noticed);
        taken.Max().ShouldBeLessThan(Soon);
        lost.Count.ShouldBeLessThan(InFlight); // those of the other connection know of nothing
        lost.Select(r => FailedHop.Of(r.Call.Exception!.InnerException!)).ShouldAllBe(h => h == FailedHop.Connection);
        await EndAsync(running);
        await UntilQuietAsync();
        System.Upstream.Calls().Where(c => c.Value > 1).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Path_SlowAndLossy_LosesNoCall()
    {
        await MendAsync();
        var bad = new PathConditions { Delay = TimeSpan.FromMilliseconds(40), LostPerThousand = 20 };
        IReadOnlyList<CallOutcome> outcomes;
        System.AgentPath.Set(bad, bad);
        await using (var load = CallLoad.Start(System, keeping: 8, reconnecting: 2))
        {
            await UntilAsync(() => Task.FromResult(load.Outcomes.Count >= 150), "150 calls end");
            outcomes = load.Outcomes;
        }

        var taken = outcomes.Select(o => o.Ended - o.Begun).ToList();
        Figure(
            $"40 ms each way, 2 % of segments lost: {outcomes.Count} calls, "
                + $"{outcomes.Count(o => o.Error is not null)} failed, "
                + $"p50 {Milliseconds(Percentile(taken, 0.5))}, p99 {Milliseconds(Percentile(taken, 0.99))}"
        );
        outcomes.Where(o => o.Error is not null).Select(o => o.Error).ShouldBeEmpty();
        await MendAsync();
    }

    [Fact]
    [Trait("Level", "full")]
    public async Task Path_CutAltogether_RefusesNewClientsAtOnceAndServesOnceItIsBack()
    {
        await MendAsync();
        var edge = new LogCount(Installation.Edge.Process, ", closed: ");
        foreach (var path in System.AgentPath.Open)
        {
            path.Cut();
        }

        System.AgentPath.Down();
        await UntilAsync(async () => await EdgeAsync("culvert_edge_agent_connections") == 0, "the edge notices both");
        var begun = TimeProvider.System.GetTimestamp();
        var refused = await TlsRefusal.ExpectAsync(() => TunnelConnection.OpenAsync(System, Cancel));
        var took = TimeProvider.System.GetElapsedTime(begun);

        FailedHop.Of(refused).ShouldBe(FailedHop.Connection);
        System.AgentPath.Up();
        var back = await UntilAsync(async () => await EdgeAsync("culvert_edge_agent_connections") == 2, "it is back");
        Figure($"no way to any agent: refused after {Milliseconds(took)}; way back: served after {Seconds(back)}");
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        (await connection.CallAsync("quick:back", Cancel)).ShouldContain("Echo: quick:back");
    }

    private async Task<List<(TunnelConnection Connection, Task<string> Call)>> StartNeverAnsweredAsync()
    {
        var running = new List<(TunnelConnection Connection, Task<string> Call)>();
        for (var i = 0; i < InFlight; i++)
        {
            var connection = await TunnelConnection.OpenAsync(System, Cancel);
            running.Add((connection, connection.CallAsync($"never:cut-{i}", Cancel)));
        }

        await UntilAsync(
            () => Task.FromResult(System.Upstream.Calls().Keys.Count(c => c.StartsWith("cut-")) == InFlight),
            "all calls have arrived"
        );
        return running;
    }

    /// <summary>A new client five times a second; how long each took from its first packet to its answer.</summary>
    private async Task<IReadOnlyList<TimeSpan>> CallMeanwhileAsync(Func<bool> isOver)
    {
        var taken = new ConcurrentQueue<TimeSpan>();
        var calls = new List<Task>();
        while (!isOver())
        {
            calls.Add(OneAsync($"quick:meanwhile-{calls.Count}"));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        }

        await Task.WhenAll(calls);
        return [.. taken];

        async Task OneAsync(string message)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
            (await connection.CallAsync(message, Cancel)).ShouldContain($"Echo: {message}");
            taken.Enqueue(TimeProvider.System.GetElapsedTime(begun));
        }
    }

    private static async Task EndAsync(List<(TunnelConnection Connection, Task<string> Call)> running)
    {
        foreach (var (connection, call) in running)
        {
            await connection.DisposeAsync();
            var ended = await Record.ExceptionAsync(() => call);
            (ended is IOException or ObjectDisposedException).ShouldBeTrue($"{ended}");
        }
    }

    private static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.0} s";
}
