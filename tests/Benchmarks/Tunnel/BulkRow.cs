using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary><c>tunnel.bulk</c> and <c>tunnel.bulk.rtt40</c>: one download on one connection, in megabytes per second.</summary>
internal sealed class BulkRow(TunnelStage stage, TimeProvider time)
{
    public async Task<Figure> RunAsync(string name, long bytes, CancellationToken cancellationToken)
    {
        await using var through = await HttpConnection.OpenAsync(stage.Through, cancellationToken);
        await using var direct = await HttpConnection.OpenAsync(stage.Direct, cancellationToken);
        var request = TunnelRequests.Download(stage.Through.Host, bytes);
        await through.SendAsync(request, cancellationToken);
        await direct.SendAsync(request, cancellationToken);
        List<double> measured = [];
        List<double> compared = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            measured.Add(await RateAsync(through, request, bytes, cancellationToken));
            compared.Add(await RateAsync(direct, request, bytes, cancellationToken));
        }

        return Figure.OfValue(name, "MB/s", measured, compared);
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
