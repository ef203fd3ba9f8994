using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.calls.cN</c>: small calls, N at a time; with 64, <c>edge.cpu_per_1k</c> and <c>agent.cpu_per_1k</c>: the
/// processor time of a thousand of them.
/// </summary>
internal sealed class CallRows(TunnelStage stage, TimeProvider time)
{
    private static readonly int[] Concurrencies = [1, 16, 64];

    /// <summary>With less, one measures the compiler.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        List<Figure> figures = [];
        foreach (var concurrency in Concurrencies)
        {
            figures.AddRange(await RunAsync(concurrency, cancellationToken));
        }

        return figures;
    }

    /// <summary>Alternating rounds, so that whatever else the machine does meets both.</summary>
    private async Task<IReadOnlyList<Figure>> RunAsync(int concurrency, CancellationToken cancellationToken)
    {
        var call = (ReadOnlyMemory<byte>?)TunnelRequests.Call(stage.Through.Host);
        await using var through = await ClosedLoop.OpenAsync(stage.Through, concurrency, time, cancellationToken);
        await using var direct = await ClosedLoop.OpenAsync(stage.Direct, concurrency, time, cancellationToken);
        await through.RunAsync(() => call, WarmUp, cancellationToken);
        await direct.RunAsync(() => call, WarmUp, cancellationToken);
        List<LoadResult> measured = [];
        List<LoadResult> compared = [];
        List<double> edge = [];
        List<double> agent = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            var (edgeBefore, agentBefore) = (ProcessorTime.Of(stage.EdgePid), ProcessorTime.Of(stage.AgentPid));
            var result = await through.RunAsync(() => call, Round, cancellationToken);
            edge.Add(PerThousand(ProcessorTime.Of(stage.EdgePid) - edgeBefore, result));
            agent.Add(PerThousand(ProcessorTime.Of(stage.AgentPid) - agentBefore, result));
            measured.Add(result);
            compared.Add(await direct.RunAsync(() => call, Round, cancellationToken));
        }

        var calls = Figure.Of($"tunnel.calls.c{concurrency}", measured, compared);
        return concurrency < 64
            ? [calls]
            : [calls, Figure.OfValue("edge.cpu_per_1k", "ms", edge), Figure.OfValue("agent.cpu_per_1k", "ms", agent)];
    }

    private static double PerThousand(TimeSpan processor, LoadResult result) =>
        processor.TotalMilliseconds * 1000 / result.Requests;
}
