using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Keys used and not yet expired, in memory: the fast half of the replay check, whose other half is the unique column
/// of the journal. Which keys end in a minute is noted apart, so that forgetting visits those alone.
/// </summary>
internal sealed class ReplaySet
{
    /// <summary>Longest time that a key may have to be remembered: the largest assertion life, and some.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(50);

    // By what distinguishes a key and nothing else of it: there are as many as there were exchanges in an assertion's life.
    private readonly ConcurrentDictionary<(UInt128, UInt128), ReplayClaim> claims = new();
    private readonly ConcurrentDictionary<long, ConcurrentQueue<(UInt128, UInt128)>> endings = new();

    public int Count => claims.Count;

    /// <summary>False when the key is already there, with whatever end: then whose it is.</summary>
    public bool TryClaim(ReplayKey key, ReplayClaim claim, [NotNullWhen(false)] out ReplayClaim? holder)
    {
        var identity = key.Identity;
        holder = claims.GetOrAdd(identity, claim);
        if (!ReferenceEquals(holder, claim))
        {
            return false;
        }

        holder = null;
        endings.GetOrAdd(key.UntilUnixSeconds / 60, static _ => new()).Enqueue(identity);
        return true;
    }

    /// <summary>Whether it was used, or is about to be, and may be presented again.</summary>
    public bool Holds(ReplayKey key) => claims.ContainsKey(key.Identity);

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
        foreach (var ending in endings.Keys)
        {
            if (ending < minute && endings.TryRemove(ending, out var ended))
            {
                foreach (var key in ended)
                {
                    claims.TryRemove(key, out _);
                }
            }
        }
    }
}
