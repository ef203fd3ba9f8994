using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.sse.first</c>: from the first packet of a new connection to the first event of a stream, behind the direct
/// forwarder's, in milliseconds.
/// </summary>
internal sealed class FirstEventRow(TunnelStage stage, TimeProvider time)
{
    private const int WarmUps = 20;
    private const int Turns = 101;

    public async Task<Figure> RunAsync(CancellationToken cancellationToken)
    {
        List<double> through = [];
        List<double> direct = [];
        for (var turn = -WarmUps; turn < Turns; turn++)
        {
            var (a, b) = (
                await FirstAsync(stage.Through, cancellationToken),
                await FirstAsync(stage.Direct, cancellationToken)
            );
            if (turn >= 0)
            {
                through.Add(a);
                direct.Add(b);
            }
        }

        var (middle, floor) = (Middle(through), Middle(direct));
        return new Figure
        {
            Name = "tunnel.sse.first",
            Value = Math.Round(middle - floor, 2),
            Unit = "ms",
            Floor = Math.Round(floor, 2),
        };
    }

    private async Task<double> FirstAsync(LoadTarget target, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var connection = await HttpConnection.OpenAsync(target, cancellationToken);
        await connection.SendUntilAsync(
            TunnelRequests.Events(target.Host),
            TunnelRequests.FirstEvent,
            cancellationToken
        );
        return time.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
