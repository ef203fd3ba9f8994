using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Keys used and not yet expired, in memory: the fast half of the replay check, whose other half is the unique column
/// of the journal. Keys are kept in buckets by the minute of their end, so that forgetting is dropping a bucket.
/// </summary>
internal sealed class ReplaySet
{
    /// <summary>Longest time that a key may have to be remembered: the largest assertion life, and some.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(50);

    private readonly ConcurrentDictionary<long, ConcurrentDictionary<ReplayKey, ReplayClaim>> buckets = new();

    public int Count => buckets.Values.Sum(bucket => bucket.Count);

    /// <summary>False when the key is already there: then whose it is.</summary>
    public bool TryClaim(ReplayKey key, ReplayClaim claim, [NotNullWhen(false)] out ReplayClaim? holder)
    {
        holder = buckets.GetOrAdd(key.UntilUnixSeconds / 60, static _ => new()).GetOrAdd(key, claim);
        if (!ReferenceEquals(holder, claim))
        {
            return false;
        }

        holder = null;
        return true;
    }

    /// <summary>A use read back from the journal; does not decide again.</summary>
    public void Remember(ReplayKey key, ReplayUse use)
    {
        if (!TryClaim(key, new ReplayClaim(use), out var holder))
        {
            // In memory as burnt, in the database after all: its commit's answer had been lost.
            holder.Settle(use);
        }
    }

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
