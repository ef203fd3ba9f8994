using Culvert.Benchmarks.Figures;

namespace Culvert.Benchmarks.Load;

/// <summary>N connections, each with one request under way at any time.</summary>
internal sealed class ClosedLoop : IAsyncDisposable
{
    private readonly HttpConnection[] connections;
    private readonly TimeProvider time;

    private ClosedLoop(HttpConnection[] connections, TimeProvider time) =>
        (this.connections, this.time) = (connections, time);

    public static async Task<ClosedLoop> OpenAsync(
        LoadTarget target,
        int connections,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        new(
            await Task.WhenAll(
                Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(target, cancellationToken))
            ),
            time
        );

    /// <param name="next">The next request; null when there are no more.</param>
    public async Task<LoadResult> RunAsync(
        Func<ReadOnlyMemory<byte>?> next,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var latencies = await Task.WhenAll(
            connections.Select(connection =>
                Task.Run(() => LoopAsync(connection, next, started, duration, cancellationToken), cancellationToken)
            )
        );
        return LoadResult.Of(time.GetElapsedTime(started), latencies.SelectMany(l => l));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<List<TimeSpan>> LoopAsync(
        HttpConnection connection,
        Func<ReadOnlyMemory<byte>?> next,
        long started,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var latencies = new List<TimeSpan>(64 * 1024);
        while (time.GetElapsedTime(started) < duration && next() is { } request)
        {
            var sent = time.GetTimestamp();
            var status = await connection.SendAsync(request, cancellationToken);
            if (status != 200)
            {
                throw new InvalidOperationException($"A request of the load was answered with {status}.");
            }

            latencies.Add(time.GetElapsedTime(sent));
        }

        return latencies;
    }
}
