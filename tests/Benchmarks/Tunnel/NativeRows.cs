using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>tunnel.calls.native.cN</c>: small calls through the edge and the agent as they are shipped, compared with the
/// same calls through the programs of the build; <c>agent.rss_after_load</c>: what the shipped agent holds when these
/// calls are over.
/// </summary>
/// <param name="shipped">Of the published programs.</param>
/// <param name="built">Of the build's.</param>
/// <param name="time">The clock of what waits.</param>
internal sealed class NativeRows(TunnelStage shipped, TunnelStage built, TimeProvider time)
{
    private static readonly int[] Concurrencies = [1, 16, 64];

    /// <summary>With less, one measures the compiler of the build's programs.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    /// <summary>What the calls needed gets time to go back.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var concurrency in Concurrencies)
        {
            yield return await RunAsync(concurrency, cancellationToken);
        }

        await Task.Delay(Rest, time, cancellationToken);
        yield return Figure.OfValue("agent.rss_after_load", "MiB", [ResidentMemory.KiB(shipped.AgentPid) / 1024]);
    }

    private async Task<Figure> RunAsync(int concurrency, CancellationToken cancellationToken)
    {
        var (first, second) = (
            (ReadOnlyMemory<byte>?)TunnelRequests.Call(shipped.Through.Host),
            (ReadOnlyMemory<byte>?)TunnelRequests.Call(built.Through.Host)
        );
        await using var native = await ClosedLoop.OpenAsync(shipped.Through, concurrency, time, cancellationToken);
        await using var other = await ClosedLoop.OpenAsync(built.Through, concurrency, time, cancellationToken);
        await native.RunAsync(() => first, WarmUp, cancellationToken);
        await other.RunAsync(() => second, WarmUp, cancellationToken);
        return await AlternatingRounds.RunAsync(
            $"tunnel.calls.native.c{concurrency}",
            (native, first),
            (other, second),
            Round,
            [.. shipped.Pids, .. built.Pids],
            cancellationToken
        );
    }
}
