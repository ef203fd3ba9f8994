using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Used and unexpired replay keys in memory: the fast half of the replay check; the other half is the journal's unique
/// column. Keys are also grouped by the minute of their expiry, so that removal visits only expired ones.
/// </summary>
internal sealed class ReplaySet
{
    /// <summary>The longest time that a key must be remembered: the longest assertion lifetime plus a margin.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(50);

    // Stores only a key's identity: there are as many as exchanges during an assertion's lifetime.
    private readonly ConcurrentDictionary<(UInt128, UInt128), ReplayClaim> claims = new();
    private readonly ConcurrentDictionary<long, ConcurrentQueue<(UInt128, UInt128)>> endings = new();

    public int Count => claims.Count;

    /// <summary>False if the key exists, with any expiry: then <paramref name="holder"/> has it.</summary>
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

    /// <summary>Whether the key is used or claimed, and has not expired.</summary>
    public bool Holds(ReplayKey key) => claims.ContainsKey(key.Identity);

    public void Remember(ReplayKey key, ReplayUse use)
    {
        if (!TryClaim(key, new ReplayClaim(use), out var holder))
        {
            // Memory has it as used without a result, but the database has it: the commit's answer was lost.
            holder.Settle(use);
        }
    }

    /// <summary>Removes keys that expired before that time.</summary>
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
