using Culvert.Benchmarks.Figures;

namespace Culvert.Benchmarks.Load;

/// <summary>N connections, each with one request under way at any time.</summary>
internal static class ClosedLoop
{
    /// <param name="next">The next request; null when there are no more.</param>
    /// <param name="warmUp">Not measured: shorter than five seconds and one measures the compiler.</param>
    public static async Task<LoadResult> RunAsync(
        LoadTarget target,
        int connections,
        Func<ReadOnlyMemory<byte>?> next,
        TimeSpan warmUp,
        TimeSpan duration,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var opened = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(target, cancellationToken))
        );
        try
        {
            await PhaseAsync(opened, next, warmUp, time, cancellationToken);
            return await PhaseAsync(opened, next, duration, time, cancellationToken);
        }
        finally
        {
            foreach (var connection in opened)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static async Task<LoadResult> PhaseAsync(
        HttpConnection[] connections,
        Func<ReadOnlyMemory<byte>?> next,
        TimeSpan duration,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var latencies = await Task.WhenAll(
            connections.Select(connection =>
                Task.Run(
                    () => LoopAsync(connection, next, started, duration, time, cancellationToken),
                    cancellationToken
                )
            )
        );
        return new LoadResult(time.GetElapsedTime(started), [.. latencies.SelectMany(l => l)]);
    }

    private static async Task<List<TimeSpan>> LoopAsync(
        HttpConnection connection,
        Func<ReadOnlyMemory<byte>?> next,
        long started,
        TimeSpan duration,
        TimeProvider time,
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
