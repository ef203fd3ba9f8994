using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.calls.cN</c>: small calls, N at a time; with 64, the processor time of a thousand of them in each process:
/// <c>edge.cpu_per_1k</c> and so on, <c>forwarder</c> being what the direct ones end at.
/// </summary>
internal sealed class CallRows(TunnelStage stage, TimeProvider time)
{
    private static readonly int[] Concurrencies = [1, 16, 64];

    /// <summary>With less, one measures the compiler.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

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
        await using var through = await ClosedLoop.OpenAsync(stage.Through, concurrency, time, cancellationToken);
        await using var direct = await ClosedLoop.OpenAsync(stage.Direct, concurrency, time, cancellationToken);
        await through.RunAsync(() => call, WarmUp, cancellationToken);
        await direct.RunAsync(() => call, WarmUp, cancellationToken);
        var (throughTunnel, besides) = (
            new ProcessorUse(
                ("edge", stage.EdgePid),
                ("agent", stage.AgentPid),
                ("upstream", stage.UpstreamPid),
                ("client", Environment.ProcessId)
            ),
            new ProcessorUse(("forwarder", stage.ForwarderPid))
        );
        var rounds = await QuietRounds.RunAsync(
            LoadPlan.Rounds,
            stage.Pids,
            async _ =>
            {
                throughTunnel.Begin();
                var measured = await through.RunAsync(() => call, Round, cancellationToken);
                var use = throughTunnel.End(measured.Requests / 1000.0);
                besides.Begin();
                var compared = await direct.RunAsync(() => call, Round, cancellationToken);
                return (
                    Measured: measured,
                    Use: use,
                    Compared: compared,
                    Others: besides.End(compared.Requests / 1000.0)
                );
            }
        );

        var calls = Figure.Of(
            $"tunnel.calls.c{concurrency}",
            [.. rounds.Select(round => round.Measured)],
            [.. rounds.Select(round => round.Compared)]
        );
        return concurrency < 64
            ? [calls]
            :
            [
                calls,
                .. throughTunnel.Figures("cpu_per_1k", rounds.Select(round => round.Use)),
                .. besides.Figures("cpu_per_1k", rounds.Select(round => round.Others)),
            ];
    }
}
