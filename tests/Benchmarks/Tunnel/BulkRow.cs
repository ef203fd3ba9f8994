using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.bulk</c> and <c>tunnel.bulk.rtt40</c>: one download on one connection, in megabytes per second; with the
/// first, <c>edge.cpu_per_gib</c> and <c>agent.cpu_per_gib</c>.
/// </summary>
internal sealed class BulkRow(TunnelStage stage, TimeProvider time)
{
    /// <param name="name">Of the figure.</param>
    /// <param name="bytes">Of one download.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <param name="besides">What it is compared with; null = the forwarder that is reached directly.</param>
    public async Task<Figure> RunAsync(
        string name,
        long bytes,
        CancellationToken cancellationToken,
        LoadTarget? besides = null
    )
    {
        await using var through = await HttpConnection.OpenAsync(stage.Through, cancellationToken);
        await using var direct = await HttpConnection.OpenAsync(besides ?? stage.Direct, cancellationToken);
        var request = TunnelRequests.Download(stage.Through.Host, bytes);
        await through.SendAsync(request, cancellationToken);
        await direct.SendAsync(request, cancellationToken);
        var (measured, compared) = await AlternatingRounds.RunAsync(
            stage.Pids,
            () => RateAsync(through, request, bytes, cancellationToken),
            () => RateAsync(direct, request, bytes, cancellationToken)
        );
        return Figure.OfValue(name, "MB/s", measured, compared);
    }

    /// <summary>The processor time of as many bytes through the tunnel.</summary>
    public async Task<IReadOnlyList<Figure>> RunProcessorAsync(long bytes, CancellationToken cancellationToken)
    {
        await using var through = await HttpConnection.OpenAsync(stage.Through, cancellationToken);
        var request = TunnelRequests.Download(stage.Through.Host, bytes);
        var use = new ProcessorUse(("edge", stage.EdgePid), ("agent", stage.AgentPid));
        var rounds = await QuietRounds.RunAsync(
            LoadPlan.Rounds,
            [stage.EdgePid, stage.AgentPid],
            async _ =>
            {
                use.Begin();
                await through.SendAsync(request, cancellationToken);
                return use.End(bytes / (double)(1 << 30));
            }
        );
        return [.. use.Figures("cpu_per_gib", rounds)];
    }

    private async Task<double> RateAsync(
        HttpConnection connection,
        ReadOnlyMemory<byte> request,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        await connection.SendAsync(request, cancellationToken);
        return bytes / 1e6 / time.GetElapsedTime(started).TotalSeconds;
    }
}
