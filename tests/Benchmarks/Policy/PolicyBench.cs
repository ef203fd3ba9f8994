using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
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
        var pair = new PairedCalls(stage, stage.Policed, stage.Through, time);
        foreach (var concurrency in Concurrencies)
        {
            foreach (
                var figure in await pair.RunAsync(
                    "policy.calls",
                    "policy.agent_cpu_per_1k",
                    concurrency,
                    cancellationToken
                )
            )
            {
                yield return figure;
            }
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
