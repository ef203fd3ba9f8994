namespace Culvert.Platform.Issuers;

/// <summary>When keys are fetched, and their state by age, as pure functions.</summary>
public static class KeySchedule
{
    /// <summary>Bounds of the server's max-age (RFC 9111 §5.2.2.1).</summary>
    public static readonly TimeSpan MinFresh = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MaxFresh = TimeSpan.FromHours(24);

    /// <summary>For a file, a check costs one read of its modification time.</summary>
    public static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan[] BackOff =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(300),
    ];

    /// <summary>How long keys are fresh: as the answer or bundle says, else the refresh interval.</summary>
    public static TimeSpan FreshFor(TimeSpan? said, TimeSpan refresh)
    {
        if (said is not { } asked)
        {
            return refresh;
        }

        return asked < MinFresh ? MinFresh
            : asked > MaxFresh ? MaxFresh
            : asked;
    }

    /// <summary>The wait after consecutive failures, at least one.</summary>
    public static TimeSpan AfterFailures(int failures) => BackOff[Math.Min(failures, BackOff.Length) - 1];

    /// <summary>Spreads an interval by ± 10 %, so that issuers and nodes do not fetch at the same time.</summary>
    public static TimeSpan Spread(TimeSpan interval, double unit) => interval * (0.9 + (0.2 * unit));

    /// <summary>The state by the time since the keys were last confirmed. Each bound belongs to the worse state.</summary>
    public static KeyState GetState(TimeSpan age, TimeSpan freshFor, TimeSpan staleOk, TimeSpan hardExpiry)
    {
        if (age >= hardExpiry)
        {
            return KeyState.HardExpired;
        }

        // Keys with a max-age of a day are fresh for a day, even where stale_ok is shorter.
        if (age < freshFor)
        {
            return KeyState.Fresh;
        }

        return age < staleOk ? KeyState.StaleOk : KeyState.Degraded;
    }
}
