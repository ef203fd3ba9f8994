using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.hol.p99</c>: how long the slowest hundredth of small calls takes during a download without limit on the
/// same tunnel. The ratio is to the direct forwarder's own slowest hundredth during the same download: its processor is
/// shared, too.
/// </summary>
internal sealed class HeadOfLineRow(TunnelStage stage, TimeProvider time)
{
    private const int Callers = 4;
    private const long DownloadBytes = 64 * 1024 * 1024;
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
        return Figure.OfValue("tunnel.hol.p99", "ms", measured, compared);
    }

    private async Task<double> RoundAsync(LoadTarget target, CancellationToken cancellationToken)
    {
        var call = (ReadOnlyMemory<byte>?)TunnelRequests.Call(target.Host);
        await using var callers = await ClosedLoop.OpenAsync(target, Callers, time, cancellationToken);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var downloading = DownloadAsync(target, enough.Token);
        var result = await callers.RunAsync(() => call, Round, cancellationToken);
        await enough.CancelAsync();
        await downloading;
        return result.P99.TotalMilliseconds;
    }

    private static async Task DownloadAsync(LoadTarget target, CancellationToken enough)
    {
        await using var connection = await HttpConnection.OpenAsync(target, CancellationToken.None);
        var request = TunnelRequests.Download(target.Host, DownloadBytes);
        try
        {
            while (true)
            {
                await connection.SendAsync(request, enough);
            }
        }
        catch (OperationCanceledException)
        {
            // The callers have finished.
        }
    }
}
