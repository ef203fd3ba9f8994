using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// One token bucket per key. The table is bounded: when it is full, new keys share one bucket, so that a flood of keys
/// slows strangers down but cannot exhaust memory.
/// </summary>
/// <remarks>
/// A limiter with a name is shared by the running nodes (<see cref="LimitShares"/>): a bucket holds the node's part of
/// the limit, fills at the whole rate, and may owe what other nodes have taken.
/// </remarks>
internal sealed class KeyedRateLimiter<TKey> : ISharedLimit
    where TKey : notnull
{
    private readonly Func<RateLimit> readLimit;
    private readonly TimeProvider time;
    private readonly int maxKeys;
    private readonly LimitShares shares;
    private readonly ConcurrentDictionary<TKey, Bucket> buckets = new();

    // The buckets by the keys in nodes' reports, and some that only other nodes used. Empty if not shared.
    private readonly ConcurrentDictionary<UInt128, Bucket> shared = new();

    // Buckets with unreported use, each once.
    private readonly ConcurrentQueue<Bucket> untold = new();
    private readonly Bucket overflow;
    private long lastSweep;

    public KeyedRateLimiter(
        RateLimit limit,
        TimeProvider time,
        int maxKeys = 65536,
        LimitShares? shares = null,
        string name = ""
    )
        : this(() => limit, time, maxKeys, shares, name) { }

    /// <param name="readLimit">Read at each use.</param>
    /// <param name="maxKeys">More keys than that share one bucket.</param>
    /// <param name="name">The name of the limit in the nodes' reports, if the limit is shared.</param>
    public KeyedRateLimiter(
        Func<RateLimit> readLimit,
        TimeProvider time,
        int maxKeys = 65536,
        LimitShares? shares = null,
        string name = ""
    )
    {
        (this.readLimit, this.time, this.maxKeys) = (readLimit, time, maxKeys);
        this.shares = shares is { IsShared: true } ? shares : LimitShares.Alone;
        lastSweep = time.GetTimestamp();
        overflow = new Bucket { Key = LimitShares.ToKey("overflow") };
        if (this.shares.IsShared)
        {
            shared[overflow.Key] = overflow;
            this.shares.Add(name, this);
        }
    }

    // The largest burst of one node.
    private double Capacity => Math.Max(1, (double)readLimit().Count / shares.Nodes);

    private double Rate
    {
        get
        {
            var limit = readLimit();
            var perSecond = limit.Count / limit.Per.TotalSeconds;
            return shares.IsHearing ? perSecond : perSecond / shares.Nodes;
        }
    }

    /// <summary>Null if allowed; otherwise how long to wait.</summary>
    public TimeSpan? TryTake(TKey key) => Use(key, take: true);

    /// <summary>Null if allowed; otherwise the refusal with the time to wait.</summary>
    public Refusal? TryTake(TKey key, ErrorCode code) =>
        TryTake(key) is { } wait ? code.Refuse() with { RetryAfter = wait } : null;

    /// <summary>As <see cref="TryTake(TKey)"/>, but takes nothing.</summary>
    public TimeSpan? IsExhausted(TKey key) => Use(key, take: false);

    public int Collect(int maxKeys, Action<UInt128, int> tell)
    {
        var told = 0;
        while (told < maxKeys && untold.TryDequeue(out var bucket))
        {
            int taken;
            lock (bucket)
            {
                (taken, bucket.Consumed) = (bucket.Consumed, 0);
            }

            tell(bucket.Key, taken);
            told++;
        }

        return told;
    }

    public void Deduct(UInt128 key, int count)
    {
        if (!shared.TryGetValue(key, out var bucket))
        {
            if (shared.Count >= maxKeys)
            {
                Sweep();
            }

            bucket = shared.Count >= maxKeys ? overflow : shared.GetOrAdd(key, static k => new Bucket { Key = k });
        }

        lock (bucket)
        {
            Refill_NeedsLock(bucket);
            bucket.Tokens.Consume(count);
        }
    }

    private TimeSpan? Use(TKey key, bool take)
    {
        var bucket = GetBucket(key);
        lock (bucket)
        {
            Refill_NeedsLock(bucket);
            if (!bucket.Tokens.HasToken)
            {
                return bucket.Tokens.WaitFor(1, Rate);
            }

            if (take)
            {
                bucket.Tokens.Consume();
                if (shares.IsShared && bucket.Consumed++ == 0)
                {
                    untold.Enqueue(bucket);
                }
            }

            return null;
        }
    }

    private void Refill_NeedsLock(Bucket bucket) => bucket.Tokens.Refill(time, Rate, Capacity);

    private Bucket GetBucket(TKey key)
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

        return buckets.GetOrAdd(key, static (k, self) => self.NewBucket(k), this);
    }

    private Bucket NewBucket(TKey key)
    {
        if (!shares.IsShared)
        {
            return new Bucket();
        }

        var name = LimitShares.ToKey($"{key}");
        var bucket = shared.GetOrAdd(name, static k => new Bucket { Key = k });
        bucket.IsOwn = true;
        return bucket;
    }

    // A bucket that had time to fill up again contains no information.
    private void Sweep()
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref lastSweep);
        if (
            time.GetElapsedTime(last, now) < readLimit().Per
            || Interlocked.CompareExchange(ref lastSweep, now, last) != last
        )
        {
            return;
        }

        foreach (var (key, bucket) in buckets)
        {
            if (IsFull(bucket))
            {
                // In this order, so that the next caller finds what another node reports in the meantime.
                shared.TryRemove(bucket.Key, out _);
                buckets.TryRemove(key, out _);
            }
        }

        foreach (var (key, bucket) in shared)
        {
            if (!bucket.IsOwn && bucket != overflow && IsFull(bucket))
            {
                shared.TryRemove(key, out _);
            }
        }
    }

    private bool IsFull(Bucket bucket)
    {
        lock (bucket)
        {
            Refill_NeedsLock(bucket);
            return bucket.Consumed == 0 && bucket.Tokens.IsFull(Capacity);
        }
    }

    private sealed class Bucket
    {
        /// <summary>Negative if the bucket still owes what other nodes took.</summary>
        public TokenBucket Tokens;

        /// <summary>The key in other nodes' reports.</summary>
        public UInt128 Key { get; init; }

        /// <summary>Whether a key of this node leads to the bucket.</summary>
        public bool IsOwn { get; set; }

        /// <summary>Since the last report.</summary>
        public int Consumed { get; set; }
    }
}
