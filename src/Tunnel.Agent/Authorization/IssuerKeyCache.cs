using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// One issuer's keys. One fetch runs at a time, in the background; only a usable set replaces the present one.
/// </summary>
/// <remarks>
/// <code>
/// state        begins at               kid in the set         kid not in the set          fetched   failed
/// -----------  ----------------------  ---------------------  --------------------------  --------  ---------------------
/// EMPTY        start, nothing kept     –                      fetch*, wait; unavailable   → FRESH   back off 1→30→300 s
/// FRESH        fetched                 served                 fetch*, wait ≤ 2 s; unknown → FRESH   back off, stays
/// STALE-OK     10 min, or as the       served                 as FRESH                    → FRESH   back off, stays
///              issuer says
/// DEGRADED     half of keys_stale_for  served if its          as FRESH                    → FRESH   back off, stays
///                                      signature was seen to
///                                      hold before, else as
///                                      not in set
/// HARD-EXPIRED keys_stale_for          as EMPTY               as EMPTY                    → FRESH   back off, stays
/// </code>
/// The stored keys of an earlier run are STALE-OK at best and as old as their fetch. fetch*: joins the running fetch;
/// otherwise starts one, at least a minute after the last start (A10), or, without usable keys, after the back-off. A bad
/// signature under a known kid counts as "kid not in the set".
/// </remarks>
internal sealed class IssuerKeyCache(
    IssuerSettings issuer,
    KeySetSource source,
    TimeProvider time,
    ILogger<IssuerKeyCache> logger,
    IssuerKeyFile? file = null
)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinRefetch = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(10);

    // The longest wait of a request for a key that may not exist.
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromSeconds(2);

    private const int MaxWaiters = 64;

    private readonly Lock gate = new();

    // Read without the lock; replaced whole.
    private volatile HeldKeys? present = file?.Load(issuer)?.Keys;
    private volatile RevokedTokens revoked = RevokedTokens.None;
    private volatile HashSet<string> proven = [.. file?.Load(issuer)?.Proven ?? []];

    // Guarded by gate.
    private Task? running;
    private DateTimeOffset lastStart = DateTimeOffset.MinValue;
    private int failures;
    private int waiters;
    private string droppedKeys = "";

    public IssuerSettings Issuer => issuer;

    public KeyState State => GetState(present);

    /// <summary>The revoked tokens of the issuer; replaced whole with each feed (S35).</summary>
    public RevokedTokens Revoked
    {
        get => revoked;
        set => revoked = value;
    }

    /// <summary>Why the last fetch failed; empty when it succeeded, or before the first.</summary>
    public string Problem { get; private set; } = "";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Fetch().WaitAsync(cancellationToken);
            await Task.Delay(Pause(), time, cancellationToken);
        }
    }

    /// <summary>Finds the key of a token, without waiting where possible.</summary>
    /// <param name="keyId">Null = the token has none: found if the issuer allows that and has exactly one key.</param>
    /// <param name="cancellationToken">Cancels the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, JwsAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var found = FindKey(keyId, algorithm);
        var isFinal = keyId is null && (!issuer.AllowMissingKid || !found.IsUnavailable);
        return found.Key is not null || isFinal
            ? new(found)
            : FetchAndFindAsync(keyId, algorithm, found, cancellationToken);
    }

    /// <summary>After an invalid signature: fetches the key with the same id, and returns it if it has changed.</summary>
    public async ValueTask<VerificationKey?> ReplacementAsync(
        VerificationKey failed,
        JwsAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        if (failed.KeyId is not { } keyId)
        {
            return null;
        }

        var found = await FetchAndFindAsync(keyId, algorithm, new KeyLookup(failed, false), cancellationToken);
        return found.Key is { } key && key.Thumbprint != failed.Thumbprint ? key : null;
    }

    /// <summary>A signature of this key was valid: the key stays in use when the set is old.</summary>
    public void MarkProven(VerificationKey key)
    {
        if (!proven.Contains(key.Thumbprint))
        {
            lock (gate)
            {
                proven = [.. proven, key.Thumbprint];
            }

            // Done once for each key; the caller need not wait for the disk.
            _ = Task.Run(SaveKeys);
        }
    }

    private KeyLookup FindKey(string? keyId, JwsAlgorithm algorithm)
    {
        var held = present;
        var state = GetState(held);
        if (state is KeyState.Empty or KeyState.HardExpired)
        {
            return KeyLookup.Unavailable;
        }

        var set = held!.Set;
        var refusal =
            keyId is null && issuer.AllowMissingKid ? set.FindOnly(out var key) : set.Find(keyId, algorithm, out key);
        if (refusal != JoseRefusal.None)
        {
            var dropped = keyId is null ? JoseRefusal.None : set.FindDropped(keyId);
            return KeyLookup.Unknown(dropped == JoseRefusal.None ? refusal : dropped);
        }

        return state != KeyState.Degraded || proven.Contains(key!.Thumbprint)
            ? new KeyLookup(key, false)
            : KeyLookup.Unknown(JoseRefusal.KeyUnknown);
    }

    private KeyState GetState(HeldKeys? held) =>
        held is null
            ? KeyState.Empty
            : KeySchedule.GetState(
                time.GetUtcNow() - held.FetchedAt,
                held.FreshFor,
                issuer.KeysStaleFor / 2,
                issuer.KeysStaleFor
            );

    private async ValueTask<KeyLookup> FetchAndFindAsync(
        string? keyId,
        JwsAlgorithm algorithm,
        KeyLookup before,
        CancellationToken cancellationToken
    )
    {
        // Without any keys every call has to wait; otherwise a limited number of calls wait for an id that may not exist.
        if (Join(before.IsUnavailable) is not { } fetching)
        {
            return before.IsUnavailable ? FindKey(keyId, algorithm) : before;
        }

        try
        {
            var wait = before.IsUnavailable ? FetchLimit : UnknownKeyWait;
            await fetching.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The fetch continues; this request is decided with the present keys.
        }
        finally
        {
            lock (gate)
            {
                waiters--;
            }
        }

        return FindKey(keyId, algorithm);
    }

    // Returns the fetch to wait for, and counts the waiter; null = decide with the present keys.
    private Task? Join(bool isEmpty)
    {
        lock (gate)
        {
            if (!isEmpty && waiters >= MaxWaiters)
            {
                return null;
            }

            var fetching =
                running is { IsCompleted: false } ? running
                // Another request's fetch has completed since the caller's lookup.
                : isEmpty && State is not (KeyState.Empty or KeyState.HardExpired) ? null
                : time.GetUtcNow() >= lastStart + GetInterval_NeedsLock(isEmpty) ? Start_NeedsLock()
                : null;
            waiters += fetching is null ? 0 : 1;
            return fetching;
        }
    }

    private TimeSpan GetInterval_NeedsLock(bool isEmpty)
    {
        if (!isEmpty)
        {
            return MinRefetch;
        }

        var backOff = failures == 0 ? TimeSpan.Zero : KeySchedule.AfterFailures(failures);
        return backOff < MinRefetch ? backOff : MinRefetch;
    }

    private Task Fetch()
    {
        lock (gate)
        {
            return Start_NeedsLock();
        }
    }

    private TimeSpan Pause()
    {
        lock (gate)
        {
            var pause = failures > 0 ? KeySchedule.AfterFailures(failures) : present?.FreshFor ?? Refresh;
            return KeySchedule.Spread(pause, Jitter.Unit());
        }
    }

    private Task Start_NeedsLock()
    {
        if (running is { IsCompleted: false })
        {
            return running;
        }

        lastStart = time.GetUtcNow();
        return running = Task.Run(FetchAsync);
    }

    private async Task FetchAsync()
    {
        KeySetResult result;
        try
        {
            // The fetch has its own deadline, not a caller's: others wait for the same fetch.
            using var deadline = new CancellationTokenSource(FetchLimit, time);
            result = await source.GetAsync(issuer, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = KeySetResult.Failed("not done within the time limit");
        }
        catch (Exception fault)
        {
            // The root of a background task: after any error the last good keys stay, and the next fetch is scheduled.
            result = KeySetResult.Failed(fault.GetType().Name);
        }

        lock (gate)
        {
            Apply_NeedsLock(result);
        }

        if (result.Keys is not null)
        {
            SaveKeys();
        }
    }

    private void SaveKeys()
    {
        if (file is not null && present is { } held)
        {
            file.Save(issuer, held, proven);
        }
    }

    private void Apply_NeedsLock(KeySetResult result)
    {
        if (result.Keys is not { } keys)
        {
            failures++;
            Problem = result.Failure;
            Log.IssuerKeysFailed(logger, issuer.Name, State.ToString(), result.Failure);
            return;
        }

        var isNews = present is null || failures > 0;
        failures = 0;
        Problem = "";
        proven = [.. keys.Keys.Select(k => k.Thumbprint).Where(proven.Contains)];
        present = new HeldKeys(keys, lastStart, FreshFor(result.MaxAge), result.Document);
        if (isNews)
        {
            Log.IssuerKeysFetched(logger, issuer.Name, keys.Keys.Count);
        }

        LogDropped_NeedsLock(keys);
    }

    // Logged once for each set, not at every fetch of the same one.
    private void LogDropped_NeedsLock(JwkSet keys)
    {
        var text = string.Join(", ", keys.Dropped.Select(key => $"keys[{key.Index}]: {key.Reason}"));
        if (text.Length > 0 && text != droppedKeys)
        {
            Log.IssuerKeysDropped(logger, issuer.Name, text);
        }

        droppedKeys = text;
    }

    // The next fetch is due when the keys are no longer fresh; it and its retries must be well before keys_stale_for ends.
    private TimeSpan FreshFor(TimeSpan? said)
    {
        var (asked, most) = (KeySchedule.FreshFor(said, Refresh), issuer.KeysStaleFor / 4);
        return asked < most ? asked : most;
    }
}
