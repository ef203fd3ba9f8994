using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Tunnel;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.Policy;

/// <summary>
/// What control costs: <c>policy.calls.cN</c> are calls through the whole tunnel to a route with a thousand enforced
/// rules and enforced pins, each call recorded, compared with the same calls to a route whose policy is off;
/// <c>policy.decision.*</c> is one decision.
/// </summary>
internal sealed class PolicyBench(Checkout checkout, string folder, TimeProvider time)
{
    private static readonly int[] Concurrencies = [1, 16, 64];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var figure in new DecisionRow(time).Run(cancellationToken))
        {
            yield return figure;
        }

        await using var stage = await TunnelStage.StartAsync(
            checkout,
            Path.Combine(folder, "policy"),
            delayMs: 0,
            time,
            cancellationToken,
            Policy(),
            routes: new Dictionary<string, IReadOnlyList<string>>
            {
                [TunnelAgent.Route] = [$"policy: {RecordRows.Unrecorded}"],
                [TunnelAgent.PolicedRoute] = ["pins: {mode: enforce, trust_first_use: true, kinds: [tools]}"],
            }
        );
        foreach (var concurrency in Concurrencies)
        {
            foreach (var figure in await RunAsync(stage, concurrency, cancellationToken))
            {
                yield return figure;
            }
        }
    }

    /// <summary>Alternating rounds, so that whatever else the machine does meets both.</summary>
    private async Task<IReadOnlyList<Figure>> RunAsync(
        TunnelStage stage,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var plain = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Through.Host);
        var policed = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Policed.Host);
        await using var without = await ClosedLoop.OpenAsync(stage.Through, concurrency, time, cancellationToken);
        await using var with = await ClosedLoop.OpenAsync(stage.Policed, concurrency, time, cancellationToken);
        await without.RunAsync(() => plain, WarmUp, cancellationToken);
        await with.RunAsync(() => policed, WarmUp, cancellationToken);
        List<LoadResult> measured = [];
        List<LoadResult> compared = [];
        List<double> processor = [];
        List<double> floor = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            measured.Add(await MeasureAsync(with, policed, processor));
            compared.Add(await MeasureAsync(without, plain, floor));
        }

        return
        [
            Figure.Of($"policy.calls.c{concurrency}", measured, compared),
            Figure.OfValue($"policy.agent_cpu_per_1k.c{concurrency}", "ms", processor, floor),
        ];

        async Task<LoadResult> MeasureAsync(ClosedLoop loop, ReadOnlyMemory<byte>? request, List<double> spent)
        {
            var before = ProcessorTime.Of(stage.AgentPid);
            var result = await loop.RunAsync(() => request, Round, cancellationToken);
            spent.Add((ProcessorTime.Of(stage.AgentPid) - before).TotalMilliseconds * 1000 / result.Requests);
            return result;
        }
    }

    // A thousand rules of the kinds that people write; the call is allowed by the last of them.
    private static string Policy() =>
        "{mode: enforce, rules: ["
        + string.Join(
            ", ",
            Enumerable
                .Range(0, DecisionRow.Rules - 1)
                .Select(i =>
                    (i % 4) switch
                    {
                        0 => $"{{name: r{i}, effect: allow, tools: [tool_{i}]}}",
                        1 => $"{{name: r{i}, effect: allow, tools: [\"area{i}_*\"], prompts: [\"p{i}*\"]}}",
                        2 => $"{{name: r{i}, effect: deny, tools: [\"*_of{i}\"]}}",
                        _ => $"{{name: r{i}, effect: allow, resources: [\"file:///area{i}/*\"]}}",
                    }
                )
        )
        + ", {name: last, effect: allow, tools: [\"ech*\"], rate: 1000000/1s, concurrency: 1000}]}";
}
