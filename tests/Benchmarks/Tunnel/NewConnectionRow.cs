using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary><c>tunnel.newconn</c>: connections with their own inner handshake and one call each, 16 at a time.</summary>
internal sealed class NewConnectionRow(TunnelStage stage, TimeProvider time)
{
    private const int Concurrency = 16;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public async Task<Figure> RunAsync(CancellationToken cancellationToken)
    {
        await RoundAsync(stage.Through, cancellationToken);
        await RoundAsync(stage.Direct, cancellationToken);
        var (measured, compared) = await AlternatingRounds.RunAsync(
            stage.Pids,
            () => RoundAsync(stage.Through, cancellationToken),
            () => RoundAsync(stage.Direct, cancellationToken)
        );
        return Figure.Of("tunnel.newconn", measured, compared);
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
