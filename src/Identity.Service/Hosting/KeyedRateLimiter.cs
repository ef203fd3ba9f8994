using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// One token bucket per key. The table is bounded: when it is full, newcomers share one bucket, so that a flood of keys
/// slows strangers down but cannot exhaust memory.
/// </summary>
internal sealed class KeyedRateLimiter<TKey>(RateLimit limit, TimeProvider time, int maxKeys = 65536)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Bucket> buckets = new();
    private readonly Bucket overflow = new() { Tokens = limit.Count };
    private readonly double tokensPerSecond = limit.Count / limit.Per.TotalSeconds;
    private long lastSweep = time.GetTimestamp();

    /// <summary>Takes one; null = go on, else when there will be one.</summary>
    public TimeSpan? TryTake(TKey key) => Use(key, take: true);

    /// <summary>Looks without taking.</summary>
    public TimeSpan? IsExhausted(TKey key) => Use(key, take: false);

    private TimeSpan? Use(TKey key, bool take)
    {
        var bucket = BucketOf(key);
        lock (bucket)
        {
            var now = time.GetTimestamp();
            if (bucket.Touched != 0)
            {
                var refill = time.GetElapsedTime(bucket.Touched, now).TotalSeconds * tokensPerSecond;
                bucket.Tokens = Math.Min(limit.Count, bucket.Tokens + refill);
            }

            bucket.Touched = now;
            if (bucket.Tokens >= 1)
            {
                bucket.Tokens -= take ? 1 : 0;
                return null;
            }

            return TimeSpan.FromSeconds((1 - bucket.Tokens) / tokensPerSecond);
        }
    }

    private Bucket BucketOf(TKey key)
    {
        if (buckets.TryGetValue(key, out var known))
        {
            return known;
        }

        if (buckets.Count >= maxKeys)
        {
            Sweep();
            if (buckets.Count >= maxKeys)
            {
                return overflow;
            }
        }

        return buckets.GetOrAdd(key, static (_, count) => new Bucket { Tokens = count }, limit.Count);
    }

    // A bucket that had time to fill up again says nothing any more.
    private void Sweep()
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref lastSweep);
        if (time.GetElapsedTime(last, now) < limit.Per || Interlocked.CompareExchange(ref lastSweep, now, last) != last)
        {
            return;
        }

        foreach (var (key, bucket) in buckets)
        {
            if (time.GetElapsedTime(bucket.Touched, now) >= limit.Per)
            {
                buckets.TryRemove(key, out _);
            }
        }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long Touched { get; set; }
    }
}
