using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.newconn</c>: connections with their own inner handshake and one call each, 16 at a time; and the processor time
/// of a thousand of them, of the edge and the agent together, compared with that of the forwarder reached directly.
/// </summary>
internal sealed class NewConnectionRow(TunnelStage stage, TimeProvider time)
{
    private const int Concurrency = 16;

    /// <summary>More than of other rows: between two rounds of the same build, the ratio differs by a quarter.</summary>
    private const int Turns = 7;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var tunnel = new ProcessorUse(("edge", stage.EdgePid), ("agent", stage.AgentPid));
        var forwarder = new ProcessorUse(("forwarder", stage.ForwarderPid));
        await RoundAsync(stage.Through, tunnel, cancellationToken);
        await RoundAsync(stage.Direct, forwarder, cancellationToken);
        var (measured, compared) = await AlternatingRounds.RunAsync(
            stage.Pids,
            () => RoundAsync(stage.Through, tunnel, cancellationToken),
            () => RoundAsync(stage.Direct, forwarder, cancellationToken),
            Turns
        );
        return
        [
            Figure.Of(
                "tunnel.newconn",
                [.. measured.Select(round => round.Load)],
                [.. compared.Select(round => round.Load)]
            ),
            Figure.OfProcessor(
                "tunnel.newconn.cpu_per_1k",
                [.. measured.Select(round => round.Processor)],
                [.. compared.Select(round => round.Processor)]
            ),
        ];
    }

    /// <summary>The load of a round, and what a thousand of its connections took of the cores in these processes.</summary>
    private async Task<(LoadResult Load, TimeSpan Processor)> RoundAsync(
        LoadTarget target,
        ProcessorUse use,
        CancellationToken cancellationToken
    )
    {
        use.Begin();
        var load = await RoundAsync(target, cancellationToken);
        return (load, TimeSpan.FromMilliseconds(use.End(load.Requests / 1000.0).Sum()));
    }

    private async Task<LoadResult> RoundAsync(LoadTarget target, CancellationToken cancellationToken)
    {
        var call = TunnelRequests.Call(target.Host);
        var started = time.GetTimestamp();
        var latencies = await Task.WhenAll(
            Enumerable
                .Range(0, Concurrency)
                .Select(_ => Task.Run(() => LoopAsync(target, call, started, cancellationToken), cancellationToken))
        );
        return LoadResult.Of(time.GetElapsedTime(started), latencies.SelectMany(l => l));
    }

    private async Task<List<TimeSpan>> LoopAsync(
        LoadTarget target,
        ReadOnlyMemory<byte> call,
        long started,
        CancellationToken cancellationToken
    )
    {
        List<TimeSpan> latencies = [];
        while (time.GetElapsedTime(started) < Round)
        {
            var begun = time.GetTimestamp();
            await using var connection = await HttpConnection.OpenAsync(target, cancellationToken);
            await connection.SendAsync(call, cancellationToken);
            latencies.Add(time.GetElapsedTime(begun));
        }

        return latencies;
    }
}
