using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

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

    /// <summary>With less, one measures the compiler: what only one of the two runs is compiled for it alone.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    // Short and many: a difference of a few percent drowns in what long rounds meet.
    private const int Rounds = 15;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var concurrency in Concurrencies)
        {
            foreach (var figure in await RunAsync(concurrency, cancellationToken))
            {
                yield return figure;
            }
        }
    }

    /// <summary>Alternating rounds, so that whatever else the machine does meets both.</summary>
    private async Task<IReadOnlyList<Figure>> RunAsync(int concurrency, CancellationToken cancellationToken)
    {
        var call = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Through.Host);
        var unrecorded = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Policed.Host);
        await using var with = await ClosedLoop.OpenAsync(stage.Through, concurrency, time, cancellationToken);
        await using var without = await ClosedLoop.OpenAsync(stage.Policed, concurrency, time, cancellationToken);
        await with.RunAsync(() => call, WarmUp, cancellationToken);
        await without.RunAsync(() => unrecorded, WarmUp, cancellationToken);
        List<LoadResult> measured = [];
        List<LoadResult> compared = [];
        List<double> processor = [];
        List<double> floor = [];
        for (var round = 0; round < Rounds; round++)
        {
            measured.Add(await MeasureAsync(with, call, processor));
            compared.Add(await MeasureAsync(without, unrecorded, floor));
        }

        return
        [
            Figure.Of($"tunnel.calls.record.c{concurrency}", measured, compared),
            Figure.OfValue($"agent.record_cpu_per_1k.c{concurrency}", "ms", processor, floor),
        ];

        async Task<LoadResult> MeasureAsync(ClosedLoop loop, ReadOnlyMemory<byte>? request, List<double> spent)
        {
            var before = ProcessorTime.Of(stage.AgentPid);
            var result = await loop.RunAsync(() => request, Round, cancellationToken);
            spent.Add((ProcessorTime.Of(stage.AgentPid) - before).TotalMilliseconds * 1000 / result.Requests);
            return result;
        }
    }
}
