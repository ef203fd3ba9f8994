namespace Culvert.Platform.Issuers;

/// <summary>When keys are fetched and what their age makes of them: pure functions, so that the policy is a table.</summary>
public static class KeySchedule
{
    /// <summary>What a server may ask for at least and at most (RFC 9111 §5.2.2.1), whatever it says.</summary>
    public static readonly TimeSpan MinFresh = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MaxFresh = TimeSpan.FromHours(24);

    /// <summary>For a file, this costs one read of its date.</summary>
    public static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan[] BackOff =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(300),
    ];

    /// <summary>How long keys are fresh.</summary>
    /// <param name="said">What the answer or the bundle says; null = nothing.</param>
    /// <param name="refresh">What holds then.</param>
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

    /// <summary>The pause after so many failures in a row, one or more.</summary>
    public static TimeSpan AfterFailures(int failures) => BackOff[Math.Min(failures, BackOff.Length) - 1];

    /// <summary>± 10 %, so that many issuers and nodes do not fetch in step.</summary>
    /// <param name="interval">What to spread.</param>
    /// <param name="unit">From 0 to below 1.</param>
    public static TimeSpan Spread(TimeSpan interval, double unit) => interval * (0.9 + (0.2 * unit));

    /// <summary>By the time since the keys were last confirmed. Each bound belongs to the worse side.</summary>
    public static KeyState GetState(TimeSpan age, TimeSpan freshFor, TimeSpan staleOk, TimeSpan hardExpiry)
    {
        if (age >= hardExpiry)
        {
            return KeyState.HardExpired;
        }

        // A server that asks for a day is fresh for a day, even where stale_ok is shorter.
        if (age < freshFor)
        {
            return KeyState.Fresh;
        }

        return age < staleOk ? KeyState.StaleOk : KeyState.Degraded;
    }
}
