using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;

namespace Culvert.Platform.Issuers;

/// <summary>The key cache of one issuer at a moment. Immutable: lookups read it without a lock.</summary>
public sealed record KeySetState
{
    /// <summary>The current set, usable or not; null if none.</summary>
    public CachedKeys? Present { get; init; }

    /// <summary>Thumbprints of keys of the set that have verified a signature: they stay in use when it is old.</summary>
    public IReadOnlySet<string> Proven { get; init; } = new HashSet<string>();

    public bool IsFetching { get; init; }

    /// <summary>When the last fetch began.</summary>
    public DateTimeOffset LastStart { get; init; }

    /// <summary>When the next fetch is due; far in the future while one runs.</summary>
    public DateTimeOffset NextPoll { get; init; }

    /// <summary>The setting by which <see cref="NextPoll"/> was computed.</summary>
    public TimeSpan Refresh { get; init; }

    /// <summary>The failed fetches since the last successful one.</summary>
    public int Failures { get; init; }

    public string? FailureCode { get; init; }

    /// <summary>Why the last fetch failed; null after a success.</summary>
    public string? LastFailure { get; init; }

    /// <summary>The callers that wait for the fetch that runs.</summary>
    public int Waiters { get; init; }

    /// <summary>Key ids that a fetch did not find: invented ids cause no fetch each.</summary>
    public IReadOnlyList<MissingKey> Missing { get; init; } = [];

    /// <summary>When the state was last stored.</summary>
    public DateTimeOffset TouchedAt { get; init; }

    /// <summary>The last state by age that was reported.</summary>
    public KeyState Reported { get; init; } = KeyState.Fresh;

    /// <summary>Whether polling was paused at the last event.</summary>
    public bool WasPaused { get; init; }

    public KeyState StateAt(in KeySetConditions at) =>
        Present is not { } set || at.Kill?.SetsBefore > set.FetchedAt
            ? KeyState.Empty
            : KeySchedule.GetState(at.Now - set.FetchedAt, set.FreshFor, at.StaleOk, at.HardExpiry);

    /// <summary>Whether some keys are accepted.</summary>
    public bool IsUsable(in KeySetConditions at) => StateAt(at) is not (KeyState.Empty or KeyState.HardExpired);

    /// <summary>When the next fetch is due without a request; null = never.</summary>
    public DateTimeOffset? NextPollAt(in KeySetConditions at) => !at.MayFetch || at.IsPaused ? null : NextPoll;

    public bool IsMissing(string keyId, DateTimeOffset now) =>
        Missing.Any(missing => missing.KeyId == keyId && now < missing.Until);

    /// <param name="keyId">Null if the token names none: then a key is found only if the issuer has exactly one.</param>
    /// <param name="algorithm">The token's; selects between keys with the same name.</param>
    public KeyLookup Find(string? keyId, JwsAlgorithm algorithm, in KeySetConditions at)
    {
        if (at.IsKillUnknown)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        if (at.Kill is { } order && (order.Issuer || (keyId is not null && order.KeyIds.Contains(keyId))))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        var state = StateAt(at);
        if (state is KeyState.Empty or KeyState.HardExpired)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        var set = Present!.Set;
        var refusal =
            keyId is null && at.AllowsMissingKid ? set.FindOnly(out var key) : set.Find(keyId, algorithm, out key);
        if (refusal != JoseRefusal.None)
        {
            var dropped = keyId is null ? JoseRefusal.None : set.FindDropped(keyId);
            return KeyLookup.None(KeyLookupOutcome.Unknown, dropped == JoseRefusal.None ? refusal : dropped);
        }

        // The key itself is checked, whatever the token calls it: a token without a kid contains no name.
        if (at.Kill is { } kill && kill.Covers(key!, set))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        return state == KeyState.Degraded && !Proven.Contains(key!.Thumbprint)
            ? KeyLookup.None(KeyLookupOutcome.Unproven, JoseRefusal.KeyUnknown)
            : KeyLookup.Found(key!);
    }
}

/// <param name="Until">Until then a caller that needs this key waits for no fetch.</param>
public sealed record MissingKey(string KeyId, DateTimeOffset Until);
