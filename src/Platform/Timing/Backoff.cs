namespace Culvert.Platform.Timing;

/// <summary>How long to wait after failures in a row: each one doubles the wait.</summary>
/// <param name="First">The wait after the first failure.</param>
/// <param name="Longest">The bound of all waits.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    // More would exceed any bound, and the range of a double in the end.
    private const int MostDoublings = 30;

    /// <summary>The whole wait.</summary>
    /// <param name="failures">In a row, at least 1.</param>
    public TimeSpan After(long failures) =>
        TimeSpan.FromTicks(
            (long)Math.Min(First.Ticks * Math.Pow(2, Math.Min(failures - 1, MostDoublings)), Longest.Ticks)
        );

    /// <summary>Half to all of the wait, so that machines that failed together do not return together.</summary>
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="unit">Random, from 0 to below 1 (<see cref="Jitter.Unit"/>).</param>
    public TimeSpan After(long failures, double unit) => After(failures) * (0.5 + (unit / 2));
}
