using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.calls.record.cN</c>: small calls to a route without a written policy, which the agent records, compared
/// with the same calls to a route whose policy is off; <c>agent.record_cpu_per_1k.cN</c>: the agent's processor time
/// for a thousand of them.
/// </summary>
internal sealed class RecordRows(TunnelStage stage, TimeProvider time)
{
    /// <summary>The policy of the route to compare with.</summary>
    public const string Unrecorded = "{mode: off}";

    private static readonly int[] Concurrencies = [1, 64];

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pair = new PairedCalls(stage, stage.Through, stage.Policed, time);
        foreach (var concurrency in Concurrencies)
        {
            foreach (
                var figure in await pair.RunAsync(
                    "tunnel.calls.record",
                    "agent.record_cpu_per_1k",
                    concurrency,
                    cancellationToken
                )
            )
            {
                yield return figure;
            }
        }
    }
}
