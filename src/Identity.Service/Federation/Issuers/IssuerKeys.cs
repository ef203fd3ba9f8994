using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// The keys of one issuer on this node. Lookups read an immutable set; fetching happens beside them, one at a time,
/// and replaces the set only by a usable one.
/// </summary>
/// <remarks>
/// <code>
/// state        begins at                 kid in the set        kid not in the set          due           fetched     unchanged   failed
/// -----------  ------------------------  --------------------  --------------------------  ------------  ----------  ----------  -------------------
/// EMPTY        start, purging kill       –                     fetch*, wait; unavailable   fetch         → FRESH     → failed    back off 1→30→300 s
/// FRESH        fetched or unchanged      served                fetch*, wait ≤ 2 s; unknown fetch         → FRESH     → FRESH     back off, stays
/// STALE-OK     fresh time (10 min, or    served                as FRESH                    fetch         → FRESH     → FRESH     back off, stays
///              what the source says)
/// DEGRADED     stale_ok (24 h); event    served if its         as FRESH                    fetch         → FRESH     → FRESH     back off, stays
///                                        signature was seen
///                                        to hold before,
///                                        else as not in set
/// HARD-EXPIRED hard_expiry (7 d); event  as EMPTY              as EMPTY                    fetch         → FRESH     → FRESH     back off, stays
/// given        always                    served                unknown, nothing fetched    ignored       –           –           –
/// paused       too many failures; event  by its state          as its state                ignored       → resumed   → resumed   stays
/// killed       an administrator          refused, nothing      refused, nothing fetched    ignored if    by its      by its      by its state
///                                        fetched                                           the issuer    state       state
/// </code>
/// fetch*: joins the one that runs; a new one no sooner than 30 s after the last began (without usable keys: than the
/// back-off says; paused: than 300 s), and never for a kid that a fetch within 30 s has shown to be missing.
/// A state begins by time alone; "due" is <see cref="NextPollAt"/>. Pausing and resuming change no keys.
/// A bad signature under a known kid counts as "kid not in the set" once in 30 s: the issuer may have reused its name.
/// </remarks>
internal sealed class IssuerKeys
{
    // An exchange waits no longer than this for a key that may not exist.
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PausedInterval = TimeSpan.FromSeconds(300);

    // Where nothing changes, what is stored may lag by this much: one write in an hour, not one in a refresh.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromHours(1);

    // A first fetch is made soon, but not with all other issuers at the moment of a start.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(10);

    private const int MaxWaiters = 64;
    private const int MaxMissing = 256;
    private const int JitterSteps = 1 << 20;

    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;
    private readonly Lock gate = new();

    // Read without the lock; replaced whole.
    private volatile CachedKeys? present;
    private volatile HashSet<string> proven = [];

    // Written under the gate; read without it by lookups, which only want to know whether it is time.
    private long nextPollTicks;

    // Guarded by the gate.
    private readonly Dictionary<string, DateTimeOffset> missing = new(StringComparer.Ordinal);
    private Task? running;
    private Task recording = Task.CompletedTask;
    private DateTimeOffset lastStart = DateTimeOffset.MinValue;
    private DateTimeOffset touchedAt;
    private KeyState reported = KeyState.Fresh;
    private bool wasPaused;
    private int failures;
    private int waiters;
    private string? lastFailure;

    public IssuerKeys(Issuer issuer, IssuerKeyServices services)
    {
        this.issuer = issuer;
        this.services = services;
        present = issuer.KeySource.GivenKeys is { } given ? CachedKeys.Given(given) : null;
        SetNextPoll(Now + (StartSpread * Unit()));
        Source = Convert.ToBase64String(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Url}\n{issuer.KeySource.ToJson()}"))
        );
    }

    public IssuerId IssuerId => issuer.Id;

    /// <summary>What identifies the source: the issuer's URL, where keys come from, and which roots are believed.</summary>
    public string Source { get; }

    /// <summary>When the next fetch is due without anybody asking; null = never.</summary>
    public DateTimeOffset? NextPollAt
    {
        get
        {
            lock (gate)
            {
                NoticeResumed_NeedsLock(Now);
                return NextPollAt_NeedsLock();
            }
        }
    }

    public KeyState State => StateOf(present, Now);

    /// <summary>Whether these keys come from elsewhere, of an issuer that is in use.</summary>
    public bool IsFetched => !IsGiven && !issuer.IsArchived;

    private bool IsGiven => issuer.KeySource.GivenKeys is not null;

    private bool MayFetch => !IsGiven && !issuer.IsArchived && Control.Kill is not { Issuer: true };

    private DateTimeOffset NextPoll => new(Volatile.Read(ref nextPollTicks), TimeSpan.Zero);

    private void SetNextPoll(DateTimeOffset at) => Volatile.Write(ref nextPollTicks, at.UtcTicks);

    private DateTimeOffset Now => services.Time.GetUtcNow();

    private IssuerControl Control => services.Controls.Of(issuer.Id);

    /// <summary>Whether these are the keys of that record, with all that it says about keys.</summary>
    public bool IsFor(Issuer other) =>
        HasSourceOf(other)
        && other.IsArchived == issuer.IsArchived
        && other.AllowedTargets.SequenceEqual(issuer.AllowedTargets)
        && (other.StaleOkSeconds, other.HardExpirySeconds, other.AllowMissingKid)
            == (issuer.StaleOkSeconds, issuer.HardExpirySeconds, issuer.AllowMissingKid);

    /// <summary>Takes over what another cache knows, if it is of the same source. Another source purges.</summary>
    public void TakeOver(IssuerKeys other)
    {
        if (IsGiven || !other.HasSourceOf(issuer))
        {
            return;
        }

        lock (other.gate)
        {
            present = other.present;
            proven = other.proven;
            failures = other.failures;
            lastFailure = other.lastFailure;
            lastStart = other.lastStart;
            touchedAt = other.touchedAt;
        }
    }

    /// <summary>Takes up a set that an earlier run of the service fetched, unless it is of another source.</summary>
    public void Restore(StoredKeySet stored)
    {
        if (IsGiven || stored.Source != Source)
        {
            return;
        }

        lock (gate)
        {
            present = CachedKeys.Restored(stored, issuer.KeySource);
            proven = [.. stored.Proven];
            touchedAt = stored.FetchedAt;
            var due = stored.FetchedAt + KeySchedule.Spread(stored.FreshFor, Unit());
            SetNextPoll(due > NextPoll ? due : NextPoll);
        }
    }

    /// <summary>Finds a key without waiting where possible.</summary>
    /// <param name="keyId">Null = the token names none: found if the issuer has exactly one key.</param>
    /// <param name="cancellationToken">Ends the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, CancellationToken cancellationToken)
    {
        var now = Now;
        var lookup = Look(keyId, now);
        if (lookup.Outcome is KeyLookupOutcome.Found)
        {
            if (now >= NextPoll)
            {
                // Nobody waits for this fetch, and normally the poller has begun it.
                _ = PollIfDue(now, isAsked: true);
            }

            return new(lookup);
        }

        return IsGiven || IsFinal(keyId, lookup) ? new(lookup) : FetchAndFindAsync(keyId, lookup, cancellationToken);
    }

    /// <summary>
    /// After a signature that did not hold: the key that now has the same name, if it is another one. Fetches as
    /// seldom as for an unknown kid.
    /// </summary>
    public async ValueTask<VerificationKey?> ReplacementAsync(
        VerificationKey failed,
        CancellationToken cancellationToken
    )
    {
        if (IsGiven || failed.KeyId is not { } keyId || !services.Options.RefetchOnBadSignature)
        {
            return null;
        }

        // Somebody else's fetch may have brought it already.
        var found = Look(keyId, Now);
        if (found.Key is not null && found.Key.Thumbprint == failed.Thumbprint)
        {
            found = await FetchAndFindAsync(keyId, found, cancellationToken);
        }

        return found.Key is { } key && key.Thumbprint != failed.Thumbprint ? key : null;
    }

    /// <summary>A signature of this key held: it goes on serving when the set is old.</summary>
    public void MarkProven(VerificationKey key)
    {
        if (IsGiven || proven.Contains(key.Thumbprint))
        {
            return;
        }

        lock (gate)
        {
            if (present is { } set && set.Set.Keys.Any(known => known.Thumbprint == key.Thumbprint))
            {
                proven = [.. proven, key.Thumbprint];
                Touch_NeedsLock(set);
            }
        }
    }

    /// <summary>Begins the fetch that is due, if one is. Also notices that keys have become too old.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isAsked">Whether somebody uses these keys: then they are fetched although polling is paused.</param>
    public Task? PollIfDue(DateTimeOffset now, bool isAsked)
    {
        if (IsGiven)
        {
            return null;
        }

        lock (gate)
        {
            NoticeResumed_NeedsLock(now);
            ReportState_NeedsLock(now);
            var isDue = isAsked ? MayFetch && NextPoll <= now : NextPollAt_NeedsLock() <= now;
            return isDue ? Start_NeedsLock(now) : null;
        }
    }

    /// <summary>Notices that keys have become too old, where nothing is polled.</summary>
    public void NoticeAge(DateTimeOffset now)
    {
        if (IsFetched)
        {
            lock (gate)
            {
                ReportState_NeedsLock(now);
            }
        }
    }

    public PollStatusDocument? PollStatus()
    {
        if (IsGiven)
        {
            return null;
        }

        lock (gate)
        {
            return new PollStatusDocument
            {
                ConsecutiveFailures = failures,
                LastFailure = lastFailure,
                LastFetchedAt = present?.FetchedAt,
                NextPollAt = NextPollAt_NeedsLock(),
                KeyState = WireNames.Of(StateOf(present, Now)),
            };
        }
    }

    /// <summary>The set as it is, usable or not; null = none.</summary>
    public JwkSet? PresentKeys => present?.Set;

    /// <summary>For tests and stopping: until what is being written down is.</summary>
    internal Task RecordingAsync()
    {
        lock (gate)
        {
            return recording;
        }
    }

    private KeyLookup Look(string? keyId, DateTimeOffset now)
    {
        if (services.Controls.IsStale)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        var kill = Control.Kill;
        if (kill is not null && (kill.Issuer || (keyId is not null && kill.KeyIds.Contains(keyId))))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        var set = present;
        var state = StateOf(set, now);
        if (state is KeyState.Empty or KeyState.HardExpired)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        if (FindIn(set!.Set, keyId) is not { } key)
        {
            return KeyLookup.None(KeyLookupOutcome.Unknown);
        }

        if (kill is not null && kill.Thumbprints.Contains(key.Thumbprint))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        return state == KeyState.Degraded && !proven.Contains(key.Thumbprint)
            ? KeyLookup.None(KeyLookupOutcome.Unproven)
            : KeyLookup.Found(key);
    }

    private static VerificationKey? FindIn(JwkSet set, string? keyId)
    {
        if (keyId is null)
        {
            return set.Keys.Count == 1 ? set.Keys[0] : null;
        }

        return set.Find(keyId, out var key) == JoseRefusal.None ? key : null;
    }

    private KeyState StateOf(CachedKeys? set, DateTimeOffset now)
    {
        if (set is null || (Control.Kill?.SetsBefore is { } killed && set.FetchedAt < killed))
        {
            return KeyState.Empty;
        }

        return IsGiven
            ? KeyState.Fresh
            : KeySchedule.StateOf(
                now - set.FetchedAt,
                set.FreshFor,
                issuer.StaleOk(services.Options),
                issuer.HardExpiry(services.Options)
            );
    }

    // A kill is not undone by a fetch, unless it was the set alone that was killed and the set is gone.
    private static bool IsFinal(string? keyId, KeyLookup lookup) =>
        lookup.Outcome == KeyLookupOutcome.Killed || (keyId is null && lookup.Outcome == KeyLookupOutcome.Unknown);

    private async ValueTask<KeyLookup> FetchAndFindAsync(
        string? keyId,
        KeyLookup before,
        CancellationToken cancellationToken
    )
    {
        // Without any keys everybody has to wait; with some, only so many wait for a name that may not exist.
        var isUseful = before.Outcome != KeyLookupOutcome.Unavailable;
        if (Join(keyId, isUseful) is not { } fetching)
        {
            return before;
        }

        try
        {
            var wait = isUseful ? UnknownKeyWait : services.Options.Timeout;
            await fetching.WaitAsync(wait, services.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The fetch goes on; this exchange is decided on what there is.
        }
        finally
        {
            lock (gate)
            {
                waiters--;
            }
        }

        var lookup = Look(keyId, Now);
        if (lookup.Outcome == KeyLookupOutcome.Unknown && keyId is not null && fetching.IsCompleted)
        {
            Remember(keyId);
        }

        return lookup;
    }

    /// <summary>The fetch to wait for, counted as waiting; null = decide on what there is.</summary>
    private Task? Join(string? keyId, bool isUseful)
    {
        lock (gate)
        {
            var now = Now;
            if (
                services.Controls.IsStale
                || issuer.IsArchived
                || (isUseful && waiters >= MaxWaiters)
                || (keyId is not null && missing.TryGetValue(keyId, out var until) && now < until)
            )
            {
                return null;
            }

            var fetching =
                running is { IsCompleted: false } ? running
                : now >= lastStart + Pace_NeedsLock(isUseful) ? Start_NeedsLock(now)
                : null;
            if (fetching is not null)
            {
                waiters++;
            }

            return fetching;
        }
    }

    // How long after the last fetch began a caller may cause another.
    private TimeSpan Pace_NeedsLock(bool isUseful)
    {
        if (Control.PausedAt is not null)
        {
            return PausedInterval;
        }

        var floor = services.Options.MinRefresh;
        if (isUseful)
        {
            return floor;
        }

        var backOff = failures == 0 ? TimeSpan.Zero : KeySchedule.AfterFailures(failures);
        return backOff < floor ? backOff : floor;
    }

    private void Remember(string keyId)
    {
        lock (gate)
        {
            var now = Now;
            if (missing.Count >= MaxMissing)
            {
                foreach (var gone in missing.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
                {
                    missing.Remove(gone);
                }
            }

            if (missing.Count < MaxMissing)
            {
                missing[keyId] = lastStart + services.Options.MinRefresh;
            }
        }
    }

    private DateTimeOffset? NextPollAt_NeedsLock() => !MayFetch || Control.PausedAt is not null ? null : NextPoll;

    // Resumed by hand, perhaps on another node: as if nothing had failed yet.
    private void NoticeResumed_NeedsLock(DateTimeOffset now)
    {
        var isPaused = Control.PausedAt is not null;
        if (wasPaused && !isPaused && failures > 0)
        {
            failures = 0;
            if (running is not { IsCompleted: false })
            {
                SetNextPoll(now);
            }
        }

        wasPaused = isPaused;
    }

    private Task Start_NeedsLock(DateTimeOffset now)
    {
        if (running is { IsCompleted: false })
        {
            return running;
        }

        lastStart = now;
        // Until this one is over there is nothing to poll; it sets the time of the next.
        SetNextPoll(DateTimeOffset.MaxValue);
        return running = Task.Run(FetchAsync);
    }

    private async Task FetchAsync()
    {
        KeySetFetchResult result;
        try
        {
            // Its own end, not the caller's: others wait for the same fetch.
            using var deadline = new CancellationTokenSource(services.Options.Timeout, services.Time);
            // What was killed is not what an issuer may call unchanged.
            var known = StateOf(present, Now) == KeyState.Empty ? null : present;
            result = await services.Fetch.GetAsync(issuer, known, steps: null, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = KeySetFetchResult.Failed("issuer.timed_out", "not done within the time limit");
        }
        catch (Exception fault)
        {
            // The root of a background task: whatever went wrong, the last good keys stay and the next fetch is due.
            result = KeySetFetchResult.Failed("issuer.fault", fault.GetType().Name);
        }

        lock (gate)
        {
            Take_NeedsLock(result);
        }
    }

    private void Take_NeedsLock(KeySetFetchResult result)
    {
        var now = Now;
        if (result.IsUnchanged && present is { } same && StateOf(same, now) != KeyState.Empty)
        {
            Confirm_NeedsLock(same with { EntityTag = result.EntityTag ?? same.EntityTag }, result, now);
        }
        else if (result.Keys is { } keys)
        {
            if (IsOlderBundle(result, now))
            {
                Fail_NeedsLock("issuer.sequence", "the bundle's spiffe_sequence is older than the one in use", now);
                return;
            }

            Replace_NeedsLock(keys, result, now);
        }
        else
        {
            Fail_NeedsLock(result.Code ?? "issuer.status", result.Failure ?? "unchanged, but there is no copy", now);
        }
    }

    // One of several servers may lag; after stale_ok an older bundle is what there is.
    private bool IsOlderBundle(KeySetFetchResult result, DateTimeOffset now) =>
        present is { Sequence: { } known }
        && result.Sequence < known
        && StateOf(present, now) is KeyState.Fresh or KeyState.StaleOk;

    private void Replace_NeedsLock(JwkSet keys, KeySetFetchResult result, DateTimeOffset now)
    {
        var change = KeyChange.Between(present?.Set, keys);
        missing.Clear();
        proven = [.. keys.Keys.Select(key => key.Thumbprint).Where(proven.Contains)];
        var set = new CachedKeys(
            new Lazy<JwkSet>(keys),
            result.Digest,
            lastStart,
            TimeSpan.Zero,
            result.EntityTag,
            result.Sequence
        );
        Confirm_NeedsLock(set, result, now);
        Log.KeysFetched(services.Logger, issuer.Id.Value, keys.Keys.Count);
        foreach (var dropped in keys.Dropped)
        {
            Log.KeyDropped(services.Logger, issuer.Id.Value, dropped.KeyId ?? "", dropped.Reason.ToString());
        }

        foreach (var replaced in change.Replaced)
        {
            Log.KeyReplaced(services.Logger, issuer.Id.Value, replaced.KeyId ?? "");
        }

        var stored = Stored(present!, result.Document);
        Record_NeedsLock(() => services.Recorder.SaveAsync(issuer, stored, change));
        touchedAt = now;
    }

    private void Confirm_NeedsLock(CachedKeys set, KeySetFetchResult result, DateTimeOffset now)
    {
        var freshFor =
            issuer.KeySource is FileKeySource
                ? KeySchedule.FileInterval
                : KeySchedule.FreshFor(result.MaxAge, services.Options.Refresh);
        var wasPaused = Control.PausedAt is not null;
        var wasReported = reported is KeyState.Degraded or KeyState.HardExpired;
        // What it brought may be as old as its beginning: a kill in between is of these keys, too. One runs at a time.
        present = set with
        {
            FetchedAt = lastStart,
            FreshFor = freshFor,
        };
        SetNextPoll(now + KeySchedule.Spread(freshFor, Unit()));
        failures = 0;
        lastFailure = null;
        reported = KeyState.Fresh;
        IssuerMetrics.Fetched.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
        if (result.IsUnchanged && now - touchedAt >= TouchInterval)
        {
            Touch_NeedsLock(present);
        }

        if (wasPaused)
        {
            var resumed = Polling_NeedsLock(AuditEvents.IssuerPollResumed);
            Record_NeedsLock(() => services.Recorder.ResumeAsync(resumed, issuer));
        }
        else if (wasReported)
        {
            var recovered = Polling_NeedsLock(AuditEvents.IssuerPollRecovered);
            Record_NeedsLock(() => services.Recorder.TellAsync(recovered, issuer));
        }
    }

    private void Fail_NeedsLock(string code, string reason, DateTimeOffset now)
    {
        failures++;
        lastFailure = $"{code}: {reason}";
        var isFile = issuer.KeySource is FileKeySource;
        var pause = isFile ? KeySchedule.FileInterval : KeySchedule.AfterFailures(failures);
        SetNextPoll(now + KeySchedule.Spread(pause, Unit()));
        IssuerMetrics.Fetched.Add(1, new KeyValuePair<string, object?>("outcome", code));
        Log.KeyFetchFailed(services.Logger, issuer.Id.Value, lastFailure);
        ReportState_NeedsLock(now);
        if (failures >= services.Options.PauseAfter && !isFile && Control.PausedAt is null)
        {
            Log.PollingPaused(services.Logger, issuer.Id.Value, failures);
            var paused = Polling_NeedsLock(AuditEvents.IssuerPollPaused);
            Record_NeedsLock(() => services.Recorder.PauseAsync(paused, issuer));
        }
    }

    private void ReportState_NeedsLock(DateTimeOffset now)
    {
        var state = StateOf(present, now);
        if (state is not (KeyState.Degraded or KeyState.HardExpired) || state == reported)
        {
            return;
        }

        reported = state;
        Log.KeysDegraded(services.Logger, issuer.Id.Value, WireNames.Of(state));
        var degraded = Polling_NeedsLock(AuditEvents.IssuerPollDegraded);
        Record_NeedsLock(() => services.Recorder.TellAsync(degraded, issuer));
    }

    private IssuerPolling Polling_NeedsLock(string name) =>
        services.Recorder.Polling(name, issuer, StateOf(present, Now), failures, lastFailure, present?.FetchedAt);

    private void Touch_NeedsLock(CachedKeys set)
    {
        touchedAt = set.FetchedAt;
        var stored = Stored(set, default);
        Record_NeedsLock(() => services.Recorder.TouchAsync(issuer, stored));
    }

    // One after the other, so that an older state is not written over a newer one.
    private void Record_NeedsLock(Func<Task> write)
    {
        var before = recording;
        recording = Task.Run(async () =>
        {
            await before;
            await write();
        });
    }

    private StoredKeySet Stored(CachedKeys set, ReadOnlyMemory<byte> document) =>
        new(Source, document, set.Digest, set.FetchedAt, set.FreshFor, set.EntityTag, set.Sequence, proven);

    private bool HasSourceOf(Issuer other) =>
        other.Id == issuer.Id && other.Url == issuer.Url && other.KeySource == issuer.KeySource;

    private static double Unit() => (double)RandomNumberGenerator.GetInt32(JitterSteps) / JitterSteps;
}
