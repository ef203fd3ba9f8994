using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Limits rates (token buckets: the count at once, refilled evenly) and concurrent calls, per rule, principal and name.
/// When the table is full, full idle buckets are removed; without any, new keys are refused, because removing a bucket
/// in use would lift its limit.
/// </summary>
internal sealed class CallLimits(TimeProvider time)
{
    internal const int MaxKeys = 50_000;

    /// <summary>Names per rule and principal with a count of their own; all further names share a count.</summary>
    internal const int MaxNames = 256;

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();

    // Guarded by the gate. A principal's names are counted so that it cannot fill the table with invented names.
    private readonly Dictionary<LimitKey, (LimitCount Count, Rate? Rate)> counts = [];
    private readonly Dictionary<(string Rule, string Principal), int> names = [];
    private long? sweptAt;

    public int Keys
    {
        get
        {
            lock (gate)
            {
                return counts.Count;
            }
        }
    }

    public LimitVerdict Enter(RuleLimits limits, in LimitKey key)
    {
        if (limits.Rate is null && limits.Concurrency is null)
        {
            return default;
        }

        lock (gate)
        {
            if (Find_NeedsLock(key, limits.Rate) is not { } count)
            {
                return new LimitVerdict(PolicyFailures.RateExceeded, 1, null);
            }

            if (limits.Concurrency is { } most && count.Running >= most)
            {
                return new LimitVerdict(PolicyFailures.ConcurrencyExceeded, 1, null);
            }

            if (limits.Rate is { } rate)
            {
                count.Bucket.Refill(time, rate.PerSecond, rate.Count);
                if (!count.Bucket.HasToken)
                {
                    var wait = count.Bucket.WaitFor(1, rate.PerSecond).TotalSeconds;
                    return new LimitVerdict(
                        PolicyFailures.RateExceeded,
                        (int)Math.Clamp(Math.Ceiling(wait), 1, 86_400),
                        null
                    );
                }

                count.Bucket.Consume();
            }

            count.Running++;
            return new LimitVerdict(null, 0, count);
        }
    }

    public void Release(LimitCount lease)
    {
        lock (gate)
        {
            lease.Running--;
        }
    }

    private LimitCount? Find_NeedsLock(in LimitKey key, Rate? rate)
    {
        if (counts.TryGetValue(key, out var found))
        {
            return found.Count;
        }

        var owner = (key.Rule, key.Principal);
        var own = key;
        if (names.GetValueOrDefault(owner) >= MaxNames)
        {
            own = key with { Name = "" };
            if (counts.TryGetValue(own, out found))
            {
                return found.Count;
            }
        }

        if (counts.Count >= MaxKeys)
        {
            Sweep_NeedsLock();
            if (counts.Count >= MaxKeys)
            {
                return null;
            }
        }

        var count = new LimitCount();
        counts[own] = (count, rate);
        names[owner] = names.GetValueOrDefault(owner) + 1;
        return count;
    }

    private void Sweep_NeedsLock()
    {
        var now = time.GetTimestamp();
        if (sweptAt is { } last && time.GetElapsedTime(last, now) < BetweenSweeps)
        {
            return;
        }

        sweptAt = now;
        foreach (var (key, (count, rate)) in counts)
        {
            if (rate is { } used)
            {
                count.Bucket.Refill(time, used.PerSecond, used.Count);
            }

            if (count.Running == 0 && (rate is null || count.Bucket.IsFull(rate.Value.Count)))
            {
                counts.Remove(key);
                var owner = (key.Rule, key.Principal);
                if (--names[owner] == 0)
                {
                    names.Remove(owner);
                }
            }
        }
    }
}
