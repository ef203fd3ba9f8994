namespace Culvert.Benchmarks.Figures;

/// <param name="Latencies">Of every request that was counted.</param>
internal sealed record LoadResult(TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies)
{
    private readonly TimeSpan[] sorted = [.. Latencies.Order()];

    public double PerSecond => sorted.Length / Elapsed.TotalSeconds;

    public TimeSpan Percentile(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}
