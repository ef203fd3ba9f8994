using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Configuration;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Net;

/// <summary>
/// Limits the open and the new connections of each source address. An IPv6 /64 network counts as one source: a host
/// that has one address of it has all of them (RFC 6177 §2).
/// </summary>
public sealed class SourceLimiter(int perSource, Rate newPerSource, TimeProvider time)
{
    /// <summary>The most entries. Above it idle entries are dropped; if there are none, a new address is refused.</summary>
    internal const int MaxSources = 200_000;

    /// <summary>The shortest time between searches of a full table for idle entries.</summary>
    private static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Source> sources = []; // guarded by gate
    private int perSource = perSource; // guarded by gate
    private Rate newPerSource = newPerSource; // guarded by gate
    private long? searchedAt; // guarded by gate

    /// <summary>Changes the limits; existing connections above the new limits stay open.</summary>
    public void Use(int nextPerSource, Rate nextNewPerSource)
    {
        lock (gate)
        {
            (perSource, newPerSource) = (nextPerSource, nextNewPerSource);
        }
    }

    /// <summary>Counts a new connection; false if it exceeds a limit.</summary>
    public bool TryEnter(IPAddress address)
    {
        var key = GetKey(address);
        lock (gate)
        {
            if (!sources.TryGetValue(key, out var source))
            {
                if (sources.Count >= MaxSources && !TryMakeRoom_NeedsLock())
                {
                    return false;
                }

                sources[key] = source = new Source();
            }

            Refill_NeedsLock(source);
            if (source.Open >= perSource || !source.Bucket.HasToken)
            {
                return false;
            }

            source.Open++;
            source.Bucket.Consume();
            return true;
        }
    }

    public void Release(IPAddress address)
    {
        var key = GetKey(address);
        lock (gate)
        {
            if (sources.TryGetValue(key, out var source))
            {
                source.Open--;
            }
        }
    }

    /// <summary>Drops addresses without connections whose rate has recovered. Call it from time to time.</summary>
    public void Sweep()
    {
        lock (gate)
        {
            DropIdle_NeedsLock();
        }
    }

    private bool TryMakeRoom_NeedsLock()
    {
        var now = time.GetTimestamp();
        if (searchedAt is { } last && time.GetElapsedTime(last, now) < SearchInterval)
        {
            return false;
        }

        searchedAt = now;
        return DropIdle_NeedsLock() > 0;
    }

    private int DropIdle_NeedsLock()
    {
        List<IPAddress> idle = [];
        foreach (var (key, source) in sources)
        {
            Refill_NeedsLock(source);
            if (source.Open == 0 && source.Bucket.IsFull(newPerSource.Count))
            {
                idle.Add(key);
            }
        }

        idle.ForEach(key => sources.Remove(key));
        return idle.Count;
    }

    private void Refill_NeedsLock(Source source) =>
        source.Bucket.Refill(time, newPerSource.PerSecond, newPerSource.Count);

    public static IPAddress GetKey(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private sealed class Source
    {
        public TokenBucket Bucket;

        public int Open { get; set; }
    }
}
