using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Issuers;

/// <summary>
/// Holds the key cache of one issuer, applies the <see cref="KeySetTransitions"/> to it, and performs their effects:
/// one fetch at a time, in the background, which callers join.
/// </summary>
/// <param name="initial">The state before the first event.</param>
public abstract class KeySetRunner(TimeProvider time, KeySetState initial)
{
    // A caller waits no longer than this for a key that may not exist.
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromSeconds(2);

    // Orders the events and their effects.
    private readonly Lock gate = new();

    // Replaced as a whole under the gate; read without it.
    private volatile KeySetState current = initial;

    // Guarded by the gate: the last fetch that started, complete when its result is applied and handled.
    private Task fetching = Task.CompletedTask;

    /// <summary>The state by the age of the keys.</summary>
    public KeyState State => current.StateAt(Conditions);

    /// <summary>When the next fetch is due without a request; null = never.</summary>
    public DateTimeOffset? NextPollAt
    {
        get
        {
            Apply((known, at) => KeySetTransitions.Ticked(known, at, Jitter.Unit()));
            return current.NextPollAt(Conditions);
        }
    }

    protected TimeProvider Time => time;

    protected KeySetState Current => current;

    protected KeySetConditions Conditions => GetConditions(time.GetUtcNow());

    /// <summary>Finds a key, without waiting where possible.</summary>
    /// <param name="keyId">
    /// Null if the token names none: then a key is found only if the issuer has exactly one.
    /// </param>
    /// <param name="algorithm">The token's; selects between keys with the same name.</param>
    /// <param name="cancellationToken">Cancels the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, JwsAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var (known, at) = (current, Conditions);
        var lookup = known.Find(keyId, algorithm, at);
        if (lookup.Outcome == KeyLookupOutcome.Found)
        {
            if (at.Now >= known.NextPoll)
            {
                // No caller waits for this fetch, and normally polling has started it.
                _ = PollIfDue(isAsked: true);
            }

            return new(lookup);
        }

        // A fetch does not undo a kill, except that a new set replaces a killed set.
        var isFinal =
            lookup.Outcome == KeyLookupOutcome.Killed
            || (keyId is null && (lookup.Outcome == KeyLookupOutcome.Unknown || !at.AllowsMissingKid));
        return isFinal ? new(lookup) : FetchAndFindAsync(keyId, algorithm, cancellationToken);
    }

    /// <summary>
    /// Finds a replacement of the same name after an invalid signature. Fetches as for an unknown kid.
    /// </summary>
    public async ValueTask<VerificationKey?> ReplacementAsync(
        VerificationKey failed,
        JwsAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        var at = Conditions;
        if (!at.IsFetched || failed.KeyId is not { } keyId || !at.RefetchesOnBadSignature)
        {
            return null;
        }

        // Another caller's fetch may have delivered it already.
        var found = current.Find(keyId, algorithm, at);
        if (found.Key is not null && found.Key.Thumbprint == failed.Thumbprint)
        {
            found = await FetchAndFindAsync(keyId, algorithm, cancellationToken);
        }

        return found.Key is { } key && key.Thumbprint != failed.Thumbprint ? key : null;
    }

    /// <summary>Records that a signature of this key was verified: the key stays in use when the set is old.</summary>
    public void MarkProven(VerificationKey key)
    {
        if (!current.Proven.Contains(key.Thumbprint))
        {
            AddProven(key);
        }
    }

    /// <summary>Starts and returns a fetch if one is due. Also detects that keys have become too old.</summary>
    /// <param name="isAsked">
    /// Whether a caller uses these keys: then they are fetched although polling is paused.
    /// </param>
    public Task? PollIfDue(bool isAsked) => Apply((known, at) => KeySetTransitions.Polled(known, isAsked, at));

    /// <summary>Starts a fetch, due or not, or joins the one that runs.</summary>
    protected Task FetchNow() => Apply((known, at) => KeySetTransitions.Requested(known, at))!;

    protected abstract KeySetConditions GetConditions(DateTimeOffset now);

    /// <param name="known">
    /// The last fetched set; null if there is none that the source may confirm as unchanged.
    /// </param>
    /// <param name="cancellationToken">The deadline of the fetch.</param>
    protected abstract Task<KeySetResult> FetchAsync(CachedKeys? known, CancellationToken cancellationToken);

    /// <summary>
    /// Performs all effects but fetching. Called in the order of the events; must neither throw nor wait.
    /// </summary>
    /// <param name="result">The result of the fetch that caused the effects; null if no fetch did.</param>
    /// <returns>What the callers that wait for this fetch wait for, too.</returns>
    protected abstract Task PerformAsync(
        KeySetState before,
        KeySetState after,
        KeySetEffects effects,
        KeySetResult? result
    );

    /// <summary>Replaces the state without effects, before the first lookup.</summary>
    protected void Reset(KeySetState state) => Apply((_, _) => new(state, KeySetEffects.None));

    // Apart from its caller, which verifies every token and must not allocate what a lambda captures.
    private void AddProven(VerificationKey key) => Apply((known, _) => KeySetTransitions.Proved(known, key));

    private async ValueTask<KeyLookup> FetchAndFindAsync(
        string? keyId,
        JwsAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        if (Apply((known, at) => KeySetTransitions.Requested(known, keyId, at)) is not { } joined)
        {
            // Another caller's fetch may have completed since the lookup.
            return current.Find(keyId, algorithm, Conditions);
        }

        try
        {
            // Without usable keys all callers have to wait.
            var at = Conditions;
            var limit = current.IsUsable(at) ? UnknownKeyWait : at.Timeout;
            await joined.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The fetch continues; this caller gets an answer by the current keys.
        }
        finally
        {
            _ = Apply((known, _) => KeySetTransitions.Left(known));
        }

        var lookup = current.Find(keyId, algorithm, Conditions);
        if (lookup.Outcome == KeyLookupOutcome.Unknown && keyId is not null && joined.IsCompleted)
        {
            _ = Apply((known, at) => KeySetTransitions.Missed(known, keyId, at));
        }

        return lookup;
    }

    private async Task FetchAndApplyAsync()
    {
        KeySetResult result;
        try
        {
            var at = Conditions;
            // The fetch has its own deadline, not a caller's, because other callers wait for it too.
            using var deadline = new CancellationTokenSource(at.Timeout, time);
            // Without a usable set there is no conditional request: an issuer cannot confirm a killed set as unchanged.
            var known = current.StateAt(at) == KeyState.Empty ? null : current.Present;
            result = await FetchAsync(known, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = KeySetResult.Failed("issuer.timed_out", "not done within the time limit");
        }
        catch (Exception fault)
        {
            // The root of a background task: after any failure the last good keys stay and the next fetch is due.
            result = KeySetResult.Failed("issuer.fault", fault.GetType().Name);
        }

        if (Apply((known, at) => KeySetTransitions.Fetched(known, result, at, Jitter.Unit()), result) is { } handled)
        {
            await handled;
        }
    }

    // Returns the fetch that the effects start or join, otherwise what they wait for; null without effects.
    private Task? Apply(Func<KeySetState, KeySetConditions, KeySetStep> happen, KeySetResult? result = null)
    {
        lock (gate)
        {
            var before = current;
            var (after, effects) = happen(before, Conditions);
            current = after;
            if (effects.HasFlag(KeySetEffects.Fetch))
            {
                fetching = Task.Run(FetchAndApplyAsync);
            }

            var others = effects & ~(KeySetEffects.Fetch | KeySetEffects.Join);
            var handled = others == KeySetEffects.None ? null : PerformAsync(before, after, others, result);
            return effects.HasFlag(KeySetEffects.Fetch) || effects.HasFlag(KeySetEffects.Join) ? fetching : handled;
        }
    }
}
