using Culvert.Jose.Keys;

namespace Culvert.Platform.Issuers;

/// <summary>The events of an issuer's key cache as pure functions of its state and the conditions.</summary>
/// <remarks>
/// <code>
/// state        begins at                 kid in the set        kid not in the set          due           fetched     unchanged   failed
/// -----------  ------------------------  --------------------  --------------------------  ------------  ----------  ----------  -------------------
/// EMPTY        start, purging kill       –                     fetch*, wait; unavailable   fetch         → FRESH     → failed    back off 1→30→300 s
/// FRESH        fetched or unchanged      served                fetch*, wait ≤ 2 s; unknown fetch         → FRESH     → FRESH     back off, stays
/// STALE-OK     fresh time (refresh, or   served                as FRESH                    fetch         → FRESH     → FRESH     back off, stays
///              what the source says)
/// DEGRADED     stale_ok; event           served if its         as FRESH                    fetch         → FRESH     → FRESH     back off, stays
///                                        signature was seen
///                                        to hold before,
///                                        else as not in set
/// HARD-EXPIRED hard_expiry; event        as EMPTY              as EMPTY                    fetch         → FRESH     → FRESH     back off, stays
/// given        always                    served                unknown, nothing fetched    ignored       –           –           –
/// paused       too many failures; event  by its state          as its state                ignored       → resumed   → resumed   stays
/// killed       an administrator          refused, nothing      refused, nothing fetched    ignored if    by its      by its      by its state
///                                        fetched                                           the issuer    state       state
/// </code>
/// fetch*: joins the one that runs; a new one no sooner than MinRefresh after the last began (without usable keys: than the
/// back-off says; paused: than 300 s), and never for a kid that a fetch within MinRefresh has shown to be missing.
/// A state begins by time alone; "due" is <see cref="KeySetState.NextPollAt"/>. Pausing and resuming change no keys: they
/// and kills are <see cref="KeySetConditions"/>, because other nodes cause them too.
/// A bad signature under a known kid counts as "kid not in the set": the issuer may have reused its name.
/// The service's numbers are those of <c>federation.fetch</c>. The agent has 10 minutes as refresh, a minute as MinRefresh,
/// <c>keys_stale_for</c> as hard_expiry and half of it as stale_ok; nothing is killed or paused there. Its stored keys are
/// STALE-OK at best, and as old as their fetch.
/// </remarks>
public static class KeySetTransitions
{
    /// <summary>While polling is paused, a caller causes no fetch sooner.</summary>
    internal static readonly TimeSpan PausedInterval = TimeSpan.FromSeconds(300);

    /// <summary>
    /// If nothing changes, the stored state may lag by this much: one write per hour instead of one per refresh.
    /// </summary>
    internal static readonly TimeSpan TouchInterval = TimeSpan.FromHours(1);

    /// <summary>With usable keys, no more callers wait for a key that may not exist.</summary>
    internal const int MaxWaiters = 64;

    /// <summary>When the table is full, further ids are not stored: the interval between fetches still applies.</summary>
    internal const int MaxMissing = 256;

    /// <summary>A caller needs a key that is not in the set. If it may join a fetch, it counts as waiting.</summary>
    /// <param name="keyId">Null if the token names none.</param>
    public static KeySetStep Requested(KeySetState state, string? keyId, in KeySetConditions at)
    {
        var isUsable = state.IsUsable(at);
        if (
            at.IsKillUnknown
            || !at.MayFetch
            || (isUsable && state.Waiters >= MaxWaiters)
            || (keyId is not null && state.IsMissing(keyId, at.Now))
            || (!state.IsFetching && at.Now < state.LastStart + Pace(state, isUsable, at))
        )
        {
            return new(state, KeySetEffects.None);
        }

        var (next, effects) = state.IsFetching ? new(state, KeySetEffects.None) : Started(state, at);
        return new(next with { Waiters = next.Waiters + 1 }, effects | KeySetEffects.Join);
    }

    /// <summary>A caller that joined a fetch no longer waits.</summary>
    public static KeySetStep Left(KeySetState state) =>
        new(state with { Waiters = state.Waiters - 1 }, KeySetEffects.None);

    /// <summary>A caller's key is not in the set after a fetch. A failed fetch has not shown that it does not exist.</summary>
    public static KeySetStep Missed(KeySetState state, string keyId, in KeySetConditions at)
    {
        var now = at.Now;
        var others = state
            .Missing.Where(missing =>
                missing.KeyId != keyId && (state.Missing.Count < MaxMissing || now < missing.Until)
            )
            .ToList();
        return state.Failures > 0 || others.Count >= MaxMissing
            ? new(state, KeySetEffects.None)
            : new(
                state with
                {
                    Missing = [.. others, new MissingKey(keyId, state.LastStart + at.MinRefresh)],
                },
                KeySetEffects.None
            );
    }

    /// <summary>A signature of this key was verified.</summary>
    public static KeySetStep Proved(KeySetState state, VerificationKey key) =>
        state.Present is { } set
        && !state.Proven.Contains(key.Thumbprint)
        && set.Set.Keys.Any(known => known.Thumbprint == key.Thumbprint)
            ? new(
                state with
                {
                    Proven = new HashSet<string>(state.Proven) { key.Thumbprint },
                    TouchedAt = set.FetchedAt,
                },
                KeySetEffects.Touch
            )
            : new(state, KeySetEffects.None);

    /// <summary>Time has passed: a resumed issuer and a shorter interval are noticed, and, where nothing is polled, age.</summary>
    public static KeySetStep Ticked(KeySetState state, in KeySetConditions at, double jitter)
    {
        var next = Rescheduled(Resumed(state, at), at, jitter);
        return at.IsFetched && next.NextPollAt(at) is null ? Aged(next, at) : new(next, KeySetEffects.None);
    }

    /// <summary>A fetch starts if one is due.</summary>
    /// <param name="isAsked">Whether a caller uses these keys: then they are fetched although polling is paused.</param>
    public static KeySetStep Polled(KeySetState state, bool isAsked, in KeySetConditions at)
    {
        var (aged, reported) = Aged(Resumed(state, at), at);
        var isDue = isAsked ? at.MayFetch && aged.NextPoll <= at.Now : aged.NextPollAt(at) <= at.Now;
        if (!isDue)
        {
            return new(aged, reported);
        }

        var (started, effects) = Started(aged, at);
        return new(started, reported | effects);
    }

    /// <summary>A fetch is needed, due or not.</summary>
    public static KeySetStep Requested(KeySetState state, in KeySetConditions at) =>
        state.IsFetching ? new(state, KeySetEffects.Join) : Started(state, at);

    /// <summary>The fetch that ran is over.</summary>
    /// <param name="jitter">From 0 to below 1: spreads the time of the next fetch.</param>
    public static KeySetStep Fetched(KeySetState state, KeySetResult result, in KeySetConditions at, double jitter)
    {
        state = state with { IsFetching = false };
        var present = state.StateAt(at);
        if (result.IsUnchanged && present != KeyState.Empty)
        {
            var same = state.Present!;
            return Confirmed(state, same with { EntityTag = result.EntityTag ?? same.EntityTag }, result, at, jitter);
        }

        if (result.Keys is not { } fetched)
        {
            var code = result.Code ?? "issuer.status";
            return Failed(state, code, result.Failure ?? "unchanged, but there is no cached copy", at, jitter);
        }

        // One of several servers may lag; after stale_ok an older bundle is accepted, because there is no newer one.
        if (result.Sequence < state.Present?.Sequence && present is KeyState.Fresh or KeyState.StaleOk)
        {
            const string older = "the bundle's spiffe_sequence is older than the one in use";
            return Failed(state, "issuer.sequence", older, at, jitter);
        }

        var proven = state.Proven;
        var kept = state with
        {
            Missing = [],
            // A proven key stays proven if the next set contains it.
            Proven = fetched.Keys.Select(key => key.Thumbprint).Where(proven.Contains).ToHashSet(),
        };
        var set = new CachedKeys(
            new Lazy<JwkSet>(fetched),
            result.Digest,
            state.LastStart,
            TimeSpan.Zero,
            result.EntityTag,
            result.Sequence
        );
        var (next, effects) = Confirmed(kept, set, result, at, jitter);
        return new(next with { TouchedAt = at.Now }, effects | KeySetEffects.Save);
    }

    private static KeySetStep Confirmed(
        KeySetState state,
        CachedKeys set,
        KeySetResult result,
        in KeySetConditions at,
        double jitter
    )
    {
        var freshFor = at.FreshFor(result.MaxAge);
        var isTouched = result.IsUnchanged && at.Now - state.TouchedAt >= TouchInterval;
        var effects = KeySetEffects.Confirm | (isTouched ? KeySetEffects.Touch : KeySetEffects.None);
        effects |=
            at.IsPaused ? KeySetEffects.Resume
            : state.Reported is KeyState.Degraded or KeyState.HardExpired ? KeySetEffects.Recover
            : KeySetEffects.None;
        return new(
            state with
            {
                // The result may be as old as the fetch's start: a kill in between covers it.
                Present = set with
                {
                    FetchedAt = state.LastStart,
                    FreshFor = freshFor,
                },
                NextPoll = at.Now + KeySchedule.Spread(freshFor, jitter),
                Failures = 0,
                FailureCode = null,
                LastFailure = null,
                Reported = KeyState.Fresh,
                TouchedAt = isTouched ? state.LastStart : state.TouchedAt,
            },
            effects
        );
    }

    private static KeySetStep Failed(
        KeySetState state,
        string code,
        string reason,
        in KeySetConditions at,
        double jitter
    )
    {
        var failures = state.Failures + 1;
        var pause = at.FileInterval ?? KeySchedule.AfterFailures(failures);
        var (next, effects) = Aged(
            state with
            {
                Failures = failures,
                FailureCode = code,
                LastFailure = $"{code}: {reason}",
                NextPoll = at.Now + KeySchedule.Spread(pause, jitter),
            },
            at
        );
        var isPausing = failures >= at.PauseAfter && !at.IsPaused;
        return new(next, effects | KeySetEffects.Fail | (isPausing ? KeySetEffects.Pause : KeySetEffects.None));
    }

    // The least time between the starts of two fetches that callers cause.
    private static TimeSpan Pace(KeySetState state, bool isUsable, in KeySetConditions at)
    {
        if (at.IsPaused)
        {
            return PausedInterval;
        }

        var backOff = state.Failures == 0 ? TimeSpan.Zero : KeySchedule.AfterFailures(state.Failures);
        return isUsable || backOff > at.MinRefresh ? at.MinRefresh : backOff;
    }

    private static KeySetStep Started(KeySetState state, in KeySetConditions at) =>
        new(
            state with
            {
                IsFetching = true,
                LastStart = at.Now,
                // Nothing is polled while this fetch runs; it sets the time of the next.
                NextPoll = DateTimeOffset.MaxValue,
            },
            KeySetEffects.Fetch
        );

    // An operator resumed polling, perhaps on another node: the state is as if nothing had failed yet.
    private static KeySetState Resumed(KeySetState state, in KeySetConditions at)
    {
        if (state.WasPaused == at.IsPaused)
        {
            return state;
        }

        var next = state with { WasPaused = at.IsPaused };
        return at.IsPaused || state.Failures == 0 ? next
            : state.IsFetching ? next with { Failures = 0 }
            : next with { Failures = 0, NextPoll = at.Now };
    }

    // A shorter interval also applies to the current keys: otherwise the previous one, perhaps a day, would apply once
    // more. After a failure the back-off decides.
    private static KeySetState Rescheduled(KeySetState state, in KeySetConditions at, double jitter)
    {
        if (at.Refresh == state.Refresh)
        {
            return state;
        }

        var next = state with { Refresh = at.Refresh };
        if (
            at.Refresh > state.Refresh
            || state.Failures > 0
            || state.IsFetching
            || at.FileInterval is not null
            || state.Present is not { } set
        )
        {
            return next;
        }

        var due = set.FetchedAt + KeySchedule.Spread(at.Refresh, jitter);
        return due < state.NextPoll ? next with { NextPoll = due } : next;
    }

    private static KeySetStep Aged(KeySetState state, in KeySetConditions at)
    {
        var present = state.StateAt(at);
        return present is (KeyState.Degraded or KeyState.HardExpired) && present != state.Reported
            ? new(state with { Reported = present }, KeySetEffects.Degrade)
            : new(state, KeySetEffects.None);
    }
}
