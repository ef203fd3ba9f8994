namespace Culvert.Platform.Timing;

/// <summary>
/// A token bucket: it starts full and refills evenly, by the monotonic clock. Rate and capacity are arguments of each
/// call, since they may change. A mutable value: store it in a field that the owner's lock guards.
/// </summary>
public struct TokenBucket
{
    // Sums of fractions may miss a whole token by a rounding error.
    private const double Tolerance = 1e-9;

    private double tokens;
    private long? refilledAt; // null: never used, thus full

    public readonly bool HasToken => tokens >= 1 - Tolerance;

    /// <summary>Adds the tokens for the time since the last call.</summary>
    public void Refill(TimeProvider time, double perSecond, double capacity)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetTimestamp();
        tokens = refilledAt is { } last
            ? Math.Min(capacity, tokens + (perSecond * time.GetElapsedTime(last, now).TotalSeconds))
            : capacity;
        refilledAt = now;
    }

    /// <summary>Removes tokens; a negative number is a debt, which later refills pay first.</summary>
    public void Consume(double count = 1) => tokens -= count;

    public readonly bool IsFull(double capacity) => tokens >= capacity - Tolerance;

    /// <summary>The time until so many tokens are available; zero when they are.</summary>
    public readonly TimeSpan WaitFor(double count, double perSecond) =>
        tokens >= count - Tolerance ? TimeSpan.Zero : TimeSpan.FromSeconds((count - tokens) / perSecond);
}
