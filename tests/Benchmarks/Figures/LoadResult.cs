namespace Culvert.Benchmarks.Figures;

/// <summary>The result of a load: answers per second, and how long the middle and the slowest hundredth took.</summary>
internal sealed record LoadResult(long Requests, double PerSecond, TimeSpan P50, TimeSpan P99)
{
    /// <param name="elapsed">Of the whole load.</param>
    /// <param name="latencies">Of every request that was counted.</param>
    public static LoadResult Of(TimeSpan elapsed, IEnumerable<TimeSpan> latencies)
    {
        TimeSpan[] sorted = [.. latencies.Order()];
        return new LoadResult(sorted.Length, sorted.Length / elapsed.TotalSeconds, At(0.50), At(0.99));

        TimeSpan At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}
