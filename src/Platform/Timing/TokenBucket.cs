namespace Culvert.Platform.Timing;

/// <summary>
/// A token bucket: it starts full and refills evenly up to its capacity. It counts by the monotonic clock, so setting
/// the machine's clock neither fills nor empties it. Rate and capacity come with each call, since an owner may change
/// them. A mutable value: keep it in a field that the owner's lock guards.
/// </summary>
public struct TokenBucket
{
    // Parts of a token, added up, may miss the whole one by a rounding error.
    private const double Tolerance = 1e-9;

    private double tokens;
    private long? refilledAt; // null = never used, thus full

    /// <summary>Whether a token can be taken.</summary>
    public readonly bool HasToken => tokens >= 1 - Tolerance;

    /// <summary>Adds what time has brought since the last call.</summary>
    public void Refill(TimeProvider time, double perSecond, double capacity)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetTimestamp();
        tokens = refilledAt is { } last
            ? Math.Min(capacity, tokens + (perSecond * time.GetElapsedTime(last, now).TotalSeconds))
            : capacity;
        refilledAt = now;
    }

    /// <summary>Takes tokens whether they are there or not: fewer than none are a debt, which time pays first.</summary>
    public void Take(double count = 1) => tokens -= count;

    public readonly bool IsFull(double capacity) => tokens >= capacity - Tolerance;

    /// <summary>How long until so many tokens are there; zero when they are.</summary>
    public readonly TimeSpan WaitFor(double count, double perSecond) =>
        tokens >= count - Tolerance ? TimeSpan.Zero : TimeSpan.FromSeconds((count - tokens) / perSecond);
}
