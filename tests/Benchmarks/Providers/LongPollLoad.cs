using Culvert.Benchmarks.Figures;
using Microsoft.AspNetCore.Http;

namespace Culvert.Benchmarks.Providers;

/// <summary>N callers of a control plane, each with one call under way at any time.</summary>
internal sealed class LongPollLoad(LoadedControlPlane plane, int callers, TimeProvider time)
{
    private readonly string template = LoadedControlPlane.CreateTemplate(ProviderRequests.Message);

    /// <param name="pace">From the beginning of a caller's call to the next one's; zero = without a pause.</param>
    /// <param name="duration">Of the load.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the callers saw, and of it what the agent added.</returns>
    public async Task<(LoadResult Calls, LoadResult Added)> RunAsync(
        TimeSpan pace,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(i =>
                    Task.Run(() => LoopAsync(i, pace, started, duration, cancellationToken), cancellationToken)
                )
        );
        var elapsed = time.GetElapsedTime(started);
        return (
            LoadResult.Of(elapsed, all.SelectMany(calls => calls.Select(call => call.Whole))),
            LoadResult.Of(elapsed, all.SelectMany(calls => calls.Select(call => call.Added)))
        );
    }

    private async Task<List<(TimeSpan Whole, TimeSpan Added)>> LoopAsync(
        int caller,
        TimeSpan pace,
        long started,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        List<(TimeSpan, TimeSpan)> calls = new(16 * 1024);
        await PauseUntilAsync(pace * caller / callers, started, cancellationToken); // spread over the first interval
        while (time.GetElapsedTime(started) < duration)
        {
            var sent = time.GetTimestamp();
            var answer = await plane.CallAsync(template, cancellationToken);
            if (answer.Status != StatusCodes.Status200OK)
            {
                throw new InvalidOperationException($"A call of the load was answered with {answer.Status}.");
            }

            calls.Add((time.GetElapsedTime(sent), answer.Added));
            await PauseUntilAsync(pace, sent, cancellationToken);
        }

        return calls;
    }

    private async Task PauseUntilAsync(TimeSpan after, long since, CancellationToken cancellationToken)
    {
        var left = after - time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }
    }
}
