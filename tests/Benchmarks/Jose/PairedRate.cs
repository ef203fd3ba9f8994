namespace Culvert.Benchmarks.Jose;

/// <summary>
/// The rates of two pieces of work that are short and alike, taken in turns so that both see the same machine. Of each
/// only the quicker rounds count: what slows the others down is not the work.
/// </summary>
internal sealed class PairedRate(TimeProvider time)
{
    private const int PerRound = 20;
    private const double Quick = 0.02;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public (double First, double Second) Measure(Action first, Action second, CancellationToken cancellationToken)
    {
        Rounds(first, second, WarmUp, cancellationToken);
        var (firsts, seconds) = Rounds(first, second, Duration, cancellationToken);
        return (PerSecond(firsts), PerSecond(seconds));
    }

    private (List<TimeSpan> First, List<TimeSpan> Second) Rounds(
        Action first,
        Action second,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var (firsts, seconds) = (new List<TimeSpan>(), new List<TimeSpan>());
        while (time.GetElapsedTime(started) < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            firsts.Add(Round(first));
            seconds.Add(Round(second));
        }

        return (firsts, seconds);
    }

    private TimeSpan Round(Action work)
    {
        var started = time.GetTimestamp();
        for (var i = 0; i < PerRound; i++)
        {
            work();
        }

        return time.GetElapsedTime(started);
    }

    private static double PerSecond(List<TimeSpan> rounds)
    {
        rounds.Sort();
        return PerRound / rounds[(int)(rounds.Count * Quick)].TotalSeconds;
    }
}
