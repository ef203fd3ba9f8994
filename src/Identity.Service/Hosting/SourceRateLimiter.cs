using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// One token bucket per source address (IPv6: per /64, the smallest block a single customer gets) for paths that no
/// credential protects. The table is bounded: when it is full, newcomers share one bucket, so that a flood of
/// addresses slows strangers down but cannot exhaust memory.
/// </summary>
internal sealed class SourceRateLimiter(RateLimit limit, TimeProvider time, int maxSources = 65536)
{
    private readonly ConcurrentDictionary<UInt128, Bucket> buckets = new();
    private readonly Bucket overflow = new() { Tokens = limit.Count };
    private readonly double tokensPerSecond = limit.Count / limit.Per.TotalSeconds;
    private long lastSweep = time.GetTimestamp();

    /// <summary>Takes one; null = go on, else the refusal with its waiting time.</summary>
    public Refusal? TryTake(IPAddress source) => Use(source, take: true);

    /// <summary>Looks without taking.</summary>
    public Refusal? IsExhausted(IPAddress source) => Use(source, take: false);

    private Refusal? Use(IPAddress source, bool take)
    {
        var bucket = BucketOf(source);
        double missing;
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

            missing = 1 - bucket.Tokens;
        }

        return RequestErrors.RateLimited.Refuse() with
        {
            RetryAfter = TimeSpan.FromSeconds(missing / tokensPerSecond),
        };
    }

    private Bucket BucketOf(IPAddress source)
    {
        var key = KeyOf(source);
        if (buckets.TryGetValue(key, out var known))
        {
            return known;
        }

        if (buckets.Count >= maxSources)
        {
            Sweep();
            if (buckets.Count >= maxSources)
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

    private static UInt128 KeyOf(IPAddress source)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        source.TryWriteBytes(bytes, out var written);
        if (source.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes[8..].Clear();
        }
        else
        {
            bytes[15] = (byte)written; // an IPv4 address never equals an IPv6 prefix
        }

        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long Touched { get; set; }
    }
}
