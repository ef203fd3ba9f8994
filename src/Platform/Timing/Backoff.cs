namespace Culvert.Platform.Timing;

/// <summary>How long to wait after consecutive failures: each failure doubles the wait.</summary>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    // More would exceed any bound, and finally the range of a double.
    private const int MostDoublings = 30;

    /// <summary>The whole wait after at least one consecutive failure.</summary>
    public TimeSpan After(long failures) =>
        TimeSpan.FromTicks(
            (long)Math.Min(First.Ticks * Math.Pow(2, Math.Min(failures - 1, MostDoublings)), Longest.Ticks)
        );

    /// <summary>Half to all of the wait, so that machines that failed together do not retry together.</summary>
    public TimeSpan After(long failures, double unit) => After(failures) * (0.5 + (unit / 2));
}
