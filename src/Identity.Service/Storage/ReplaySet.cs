using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Keys used and not yet expired, in memory: the fast half of the replay check, whose other half is the unique column
/// of the journal. Keys are kept in buckets by the minute of their end, so that forgetting is dropping a bucket.
/// </summary>
internal sealed class ReplaySet
{
    /// <summary>Longest time that a key may have to be remembered: the largest assertion life, and some.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(50);

    private readonly ConcurrentDictionary<long, ConcurrentDictionary<ReplayKey, byte>> buckets = new();

    public int Count => buckets.Values.Sum(bucket => bucket.Count);

    /// <summary>False when the key is already there.</summary>
    public bool TryAdd(ReplayKey key) => buckets.GetOrAdd(key.UntilUnixSeconds / 60, static _ => new()).TryAdd(key, 0);

    /// <summary>Drops what ended before that instant.</summary>
    public void Forget(DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        foreach (var key in buckets.Keys)
        {
            if (key < minute)
            {
                buckets.TryRemove(key, out _);
            }
        }
    }
}
