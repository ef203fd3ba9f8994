using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Fetches an issuer's keys again, one fetch at a time: when it is due, how soon a caller may cause one, and what its
/// result changes. Only this class changes the <see cref="KeysInForce"/>.
/// </summary>
/// <remarks>The states are those of <see cref="IssuerKeys"/>.</remarks>
internal sealed class KeyRefresh
{
    private static readonly TimeSpan PausedInterval = TimeSpan.FromSeconds(300);

    // If nothing changes, the stored state may lag by this much: one write per hour instead of one per refresh.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromHours(1);

    // A first fetch is made soon, but not for all issuers at the moment of a start.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(10);

    private const int MaxWaiters = 64;

    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;

    // Written under the gate.
    private readonly KeysInForce keys;

    private readonly Lock gate = new();

    // Written under the gate; lookups read it without the gate to see whether a fetch is due.
    private long nextPollTicks;

    // Guarded by the gate.
    private readonly MissingKeys missing = new();
    private Task? running;
    private Task recording = Task.CompletedTask;
    private DateTimeOffset lastStart = DateTimeOffset.MinValue;
    private DateTimeOffset touchedAt;
    private KeyState reported = KeyState.Fresh;
    private bool wasPaused;
    private TimeSpan refresh;
    private int failures;
    private int waiters;
    private string? lastFailure;

    public KeyRefresh(Issuer issuer, IssuerKeyServices services, KeysInForce keys)
    {
        this.issuer = issuer;
        this.services = services;
        this.keys = keys;
        refresh = services.Options.Refresh;
        SetNextPoll(Now + (StartSpread * Jitter.Unit()));
    }

    /// <summary>When the next fetch is due on request; far in the future while one runs.</summary>
    public DateTimeOffset NextPoll => new(Volatile.Read(ref nextPollTicks), TimeSpan.Zero);

    /// <summary>When the next fetch is due without a request; null = never.</summary>
    public DateTimeOffset? NextPollAt
    {
        get
        {
            lock (gate)
            {
                NoticeResumed_NeedsLock(Now);
                NoticeRefresh_NeedsLock();
                return NextPollAt_NeedsLock();
            }
        }
    }

    private bool MayFetch => !keys.AreGiven && !issuer.IsArchived && Control.Kill is not { Issuer: true };

    private void SetNextPoll(DateTimeOffset at) => Volatile.Write(ref nextPollTicks, at.UtcTicks);

    private DateTimeOffset Now => services.Time.GetUtcNow();

    private IssuerControl Control => services.Controls.Of(issuer.Id);

    /// <param name="other">Of the same source.</param>
    public void TakeOver(KeyRefresh other)
    {
        lock (other.gate)
        {
            keys.TakeOver_NeedsLock(other.keys);
            failures = other.failures;
            lastFailure = other.lastFailure;
            lastStart = other.lastStart;
            touchedAt = other.touchedAt;
        }
    }

    /// <param name="stored">Of the same source.</param>
    public void Restore(StoredKeySet stored)
    {
        lock (gate)
        {
            keys.Restore_NeedsLock(stored);
            touchedAt = stored.FetchedAt;
            var due = stored.FetchedAt + KeySchedule.Spread(stored.FreshFor, Jitter.Unit());
            SetNextPoll(due > NextPoll ? due : NextPoll);
        }
    }

    public void MarkProven(VerificationKey key)
    {
        lock (gate)
        {
            if (keys.Prove_NeedsLock(key))
            {
                Touch_NeedsLock(keys.Present!);
            }
        }
    }

    /// <summary>Starts a fetch if one is due. Also detects that keys have become too old.</summary>
    /// <param name="isAsked">Whether an exchange uses these keys: then they are fetched although polling is paused.</param>
    public Task? PollIfDue(DateTimeOffset now, bool isAsked)
    {
        lock (gate)
        {
            NoticeResumed_NeedsLock(now);
            ReportState_NeedsLock(now);
            var isDue = isAsked ? MayFetch && NextPoll <= now : NextPollAt_NeedsLock() <= now;
            return isDue ? Start_NeedsLock(now) : null;
        }
    }

    /// <summary>Detects that keys have become too old where nothing is polled.</summary>
    public void NoticeAge(DateTimeOffset now)
    {
        lock (gate)
        {
            ReportState_NeedsLock(now);
        }
    }

    public PollStatusDocument PollStatus()
    {
        lock (gate)
        {
            return new PollStatusDocument(
                ConsecutiveFailures: failures,
                LastFailure: lastFailure,
                KeyState: WireNames.Of(keys.StateAt(Now)),
                LastFetchedAt: keys.Present?.FetchedAt,
                NextPollAt: NextPollAt_NeedsLock()
            );
        }
    }

    /// <summary>Completes when all pending writes are done. For tests and shutdown.</summary>
    public Task RecordingAsync()
    {
        lock (gate)
        {
            return recording;
        }
    }

    /// <summary>
    /// The fetch to wait for, counted as waiting until <see cref="Leave"/>; null = decide with the current keys.
    /// </summary>
    /// <param name="keyId">The missing key; null if the token names none.</param>
    /// <param name="isUseful">Whether there are usable keys without the fetch.</param>
    public Task? Join(string? keyId, bool isUseful)
    {
        lock (gate)
        {
            var now = Now;
            if (
                services.Controls.IsStale
                || issuer.IsArchived
                || (isUseful && waiters >= MaxWaiters)
                || (keyId is not null && missing.Contains(keyId, now))
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

    public void Leave()
    {
        lock (gate)
        {
            waiters--;
        }
    }

    /// <summary>A fetch has shown that the source has no key of that name.</summary>
    public void Remember(string keyId)
    {
        lock (gate)
        {
            missing.Add(keyId, lastStart + services.Options.MinRefresh, Now);
        }
    }

    // The minimum interval between the starts of two fetches that callers cause.
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

    private DateTimeOffset? NextPollAt_NeedsLock() => !MayFetch || Control.PausedAt is not null ? null : NextPoll;

    // An operator resumed polling, perhaps on another node: the state is as if nothing had failed yet.
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

    // A shorter federation.fetch.refresh also applies to the current keys: otherwise the previous interval, perhaps a
    // day, would apply once more. After a failure the back-off decides.
    private void NoticeRefresh_NeedsLock()
    {
        var present = services.Options.Refresh;
        if (
            present < refresh
            && failures == 0
            && running is not { IsCompleted: false }
            && issuer.KeySource is not FileKeySource
            && keys.Present is { } set
        )
        {
            var due = set.FetchedAt + KeySchedule.Spread(present, Jitter.Unit());
            SetNextPoll(due < NextPoll ? due : NextPoll);
        }

        refresh = present;
    }

    private Task Start_NeedsLock(DateTimeOffset now)
    {
        if (running is { IsCompleted: false })
        {
            return running;
        }

        lastStart = now;
        // Nothing is polled while this fetch runs; it sets the time of the next.
        SetNextPoll(DateTimeOffset.MaxValue);
        return running = Task.Run(FetchAsync);
    }

    private async Task FetchAsync()
    {
        KeySetFetchResult result;
        try
        {
            // The fetch has its own deadline, not the caller's, because other callers wait for it too.
            using var deadline = new CancellationTokenSource(services.Options.Timeout, services.Time);
            // Without a usable set there is no conditional request: an issuer cannot confirm a killed set as unchanged.
            var known = keys.StateAt(Now) == KeyState.Empty ? null : keys.Present;
            result = await services.Fetch.GetAsync(issuer, known, steps: null, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            result = KeySetFetchResult.Failed("issuer.timed_out", "not done within the time limit");
        }
        catch (Exception fault)
        {
            // The root of a background task: after any failure the last good keys stay and the next fetch is due.
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
        if (result.IsUnchanged && keys.Present is { } same && keys.StateAt(now) != KeyState.Empty)
        {
            Confirm_NeedsLock(same with { EntityTag = result.EntityTag ?? same.EntityTag }, result, now);
        }
        else if (result.Keys is { } fetched)
        {
            if (IsOlderBundle(result, now))
            {
                Fail_NeedsLock("issuer.sequence", "the bundle's spiffe_sequence is older than the one in use", now);
                return;
            }

            Replace_NeedsLock(fetched, result, now);
        }
        else
        {
            Fail_NeedsLock(
                result.Code ?? "issuer.status",
                result.Failure ?? "unchanged, but there is no cached copy",
                now
            );
        }
    }

    // One of several servers may lag; after stale_ok an older bundle is accepted, because there is no newer one.
    private bool IsOlderBundle(KeySetFetchResult result, DateTimeOffset now) =>
        keys.Present is { Sequence: { } known }
        && result.Sequence < known
        && keys.StateAt(now) is KeyState.Fresh or KeyState.StaleOk;

    private void Replace_NeedsLock(JwkSet fetched, KeySetFetchResult result, DateTimeOffset now)
    {
        var change = KeyChange.Between(keys.Present?.Set, fetched);
        missing.Clear();
        keys.KeepProven_NeedsLock(fetched);
        var set = new CachedKeys(
            new Lazy<JwkSet>(fetched),
            result.Digest,
            lastStart,
            TimeSpan.Zero,
            result.EntityTag,
            result.Sequence
        );
        Confirm_NeedsLock(set, result, now);
        Log.KeysFetched(services.Logger, issuer.Id.Value, fetched.Keys.Count);
        foreach (var dropped in fetched.Dropped)
        {
            Log.KeyDropped(services.Logger, issuer.Id.Value, dropped.KeyId ?? "", dropped.Reason.ToString());
        }

        foreach (var replaced in change.Replaced)
        {
            Log.KeyReplaced(services.Logger, issuer.Id.Value, replaced.KeyId ?? "");
        }

        var stored = keys.Stored(keys.Present!, result.Document);
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
        // The result may be as old as the fetch's start: a kill in between covers it. One fetch runs at a time.
        var confirmed = set with
        {
            FetchedAt = lastStart,
            FreshFor = freshFor,
        };
        keys.Put_NeedsLock(confirmed);
        SetNextPoll(now + KeySchedule.Spread(freshFor, Jitter.Unit()));
        failures = 0;
        lastFailure = null;
        reported = KeyState.Fresh;
        IssuerMetrics.Fetched.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
        if (result.IsUnchanged && now - touchedAt >= TouchInterval)
        {
            Touch_NeedsLock(confirmed);
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
        SetNextPoll(now + KeySchedule.Spread(pause, Jitter.Unit()));
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
        var state = keys.StateAt(now);
        if (state is not (KeyState.Degraded or KeyState.HardExpired) || state == reported)
        {
            return;
        }

        reported = state;
        Log.KeysDegraded(services.Logger, issuer.Id.Value, WireNames.Of(state));
        var degraded = Polling_NeedsLock(AuditEvents.IssuerPollDegraded);
        Record_NeedsLock(() => services.Recorder.TellAsync(degraded, issuer));
    }

    private AuditEvent Polling_NeedsLock(string name) =>
        services.Recorder.Polling(name, issuer, keys.StateAt(Now), failures, lastFailure, keys.Present?.FetchedAt);

    private void Touch_NeedsLock(CachedKeys set)
    {
        touchedAt = set.FetchedAt;
        var stored = keys.Stored(set, default);
        Record_NeedsLock(() => services.Recorder.TouchAsync(issuer, stored));
    }

    // Sequential, so that an older state does not overwrite a newer one.
    private void Record_NeedsLock(Func<Task> write)
    {
        var before = recording;
        recording = Task.Run(async () =>
        {
            await before;
            await write();
        });
    }
}
