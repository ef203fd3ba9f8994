using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// The keys of one issuer. Lookups read an immutable set; fetching runs in parallel, one at a time, and replaces the
/// set only by a usable one.
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
/// What an earlier run kept is STALE-OK at best and as old as its fetch. fetch*: joins the one that runs; a new one no sooner than a minute after the last began (A10), or, without usable
/// keys, than the back-off says. A bad signature under a known kid counts as "kid not in the set".
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

    // A request waits no longer than this for a key that may not exist.
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromSeconds(2);

    private const int MaxWaiters = 64;

    private readonly Lock gate = new();

    // Read without the lock; replaced whole.
    private volatile HeldKeys? present = file?.Load(issuer)?.Keys;
    private volatile RevokedTokens revoked = RevokedTokens.None;
    private volatile HashSet<string> proven = [.. file?.Load(issuer)?.Proven ?? []];

    // Guarded by the gate.
    private Task? running;
    private DateTimeOffset lastStart = DateTimeOffset.MinValue;
    private int failures;
    private int waiters;
    private string droppedKeys = "";

    public IssuerSettings Issuer => issuer;

    public KeyState State => GetState(present);

    /// <summary>Which of its tokens no longer count, whatever their lifetime says; replaced whole with each feed (S35).</summary>
    public RevokedTokens Revoked
    {
        get => revoked;
        set => revoked = value;
    }

    /// <summary>Why the last fetch failed; empty when it did not, or there was none.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Keeps the keys fresh until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Fetch().WaitAsync(cancellationToken);
            await Task.Delay(Pause(), time, cancellationToken);
        }
    }

    /// <summary>Finds the key that a token names, without waiting where possible.</summary>
    /// <param name="keyId">Null = the token names none: found if the issuer is allowed that and has exactly one key.</param>
    /// <param name="algorithm">The token's, which decides between keys of one name.</param>
    /// <param name="cancellationToken">Ends the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, JwsAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var found = FindKey(keyId, algorithm);
        var isFinal = keyId is null && (!issuer.AllowMissingKid || !found.IsUnavailable);
        return found.Key is not null || isFinal
            ? new(found)
            : FetchAndFindAsync(keyId, algorithm, found, cancellationToken);
    }

    /// <summary>After a signature that did not hold: the key that now has the same name, if it is another one.</summary>
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

            // Once for each key; the caller need not wait for the disk.
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
        // Without any keys every call has to wait; with some, only so many wait for a name that may not exist.
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
            // The fetch continues; this request is decided with the keys that are there.
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

    // The fetch to wait for, counted as waiting; null = decide on what there is.
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
                // Another request's fetch has ended since this one looked.
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
            // Its own end, not a caller's: others wait for the same fetch.
            using var deadline = new CancellationTokenSource(FetchLimit, time);
            result = await source.GetAsync(issuer, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = KeySetResult.Failed("not done within the time limit");
        }
        catch (Exception fault)
        {
            // The root of a background task: whatever went wrong, the last good keys stay and the next fetch is due.
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

    // Once for each set, not at every fetch of the same one.
    private void LogDropped_NeedsLock(JwkSet keys)
    {
        var text = string.Join(", ", keys.Dropped.Select(key => $"keys[{key.Index}]: {key.Reason}"));
        if (text.Length > 0 && text != droppedKeys)
        {
            Log.IssuerKeysDropped(logger, issuer.Name, text);
        }

        droppedKeys = text;
    }

    // The next fetch is due when they are no longer fresh: it and those after it must come well before the hard end.
    private TimeSpan FreshFor(TimeSpan? said)
    {
        var (asked, most) = (KeySchedule.FreshFor(said, Refresh), issuer.KeysStaleFor / 4);
        return asked < most ? asked : most;
    }
}
