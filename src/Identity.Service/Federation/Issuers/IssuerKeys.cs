using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The keys of one issuer on this node: fetched, stored and reported by <see cref="KeySetTransitions"/>.</summary>
internal sealed class IssuerKeys : KeySetRunner
{
    // A first fetch is made soon, but not for all issuers at the moment of a start.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(10);

    // Those that become an event of their own.
    private static readonly KeySetEffects[] PollingEffects =
    [
        KeySetEffects.Degrade,
        KeySetEffects.Pause,
        KeySetEffects.Resume,
        KeySetEffects.Recover,
    ];

    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;

    // Replaced with each effect, in their order.
    private Task recording = Task.CompletedTask;

    public IssuerKeys(Issuer issuer, IssuerKeyServices services)
        : base(services.Time, GetInitialState(issuer, services))
    {
        this.issuer = issuer;
        this.services = services;
        Source = GetSource(issuer);
    }

    public IssuerId IssuerId => issuer.Id;

    /// <summary>Identifies the source: the issuer's URL, the origin of the keys, and the trusted roots.</summary>
    public string Source { get; }

    /// <summary>Whether the keys are fetched or read from a file, and the issuer is not archived.</summary>
    public bool IsFetched => !AreGiven && !issuer.IsArchived;

    /// <summary>The current set, usable or not; null if none.</summary>
    public JwkSet? PresentKeys => Current.Present?.Set;

    /// <summary>Whether a signature of one of the keys was verified, so that the key stays in use when the set is old.</summary>
    public bool AreInUse => Current.Proven.Count > 0;

    // Whether the keys were configured manually, so that nothing is fetched.
    private bool AreGiven => issuer.KeySource.ConfiguredKeys is not null;

    /// <summary>The origin of an issuer's keys as one value: stored keys of another origin are discarded.</summary>
    public static string GetSource(Issuer issuer) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Url}\n{issuer.KeySource.ToJson()}")));

    /// <summary>Whether these are the keys of that record, with all its settings for keys.</summary>
    public bool IsFor(Issuer other) =>
        HasSameSource(other)
        && other.IsArchived == issuer.IsArchived
        && other.AllowedTargets.SequenceEqual(issuer.AllowedTargets)
        && (other.StaleOkSeconds, other.HardExpirySeconds, other.AllowMissingKid)
            == (issuer.StaleOkSeconds, issuer.HardExpirySeconds, issuer.AllowMissingKid);

    /// <summary>Takes over the state of another cache if it has the same source. Another source purges.</summary>
    public void Adopt(IssuerKeys other)
    {
        if (!AreGiven && other.HasSameSource(issuer))
        {
            var known = other.Current;
            Reset(
                Current with
                {
                    Present = known.Present,
                    Proven = known.Proven,
                    Failures = known.Failures,
                    LastFailure = known.LastFailure,
                    LastStart = known.LastStart,
                    TouchedAt = known.TouchedAt,
                }
            );
        }
    }

    /// <summary>
    /// Restores a set that an earlier run of the service fetched, unless it is of another source. Importing keys takes too
    /// long for a start with a thousand issuers, so it is deferred. If this version no longer accepts the keys, the set is
    /// empty.
    /// </summary>
    public void Restore(StoredKeySet stored)
    {
        if (AreGiven || stored.Source != Source)
        {
            return;
        }

        var due = stored.FetchedAt + KeySchedule.Spread(stored.FreshFor, Jitter.Unit());
        Reset(
            Current with
            {
                Present = new CachedKeys(
                    new Lazy<JwkSet>(() => KeySetFetch.Read(issuer.KeySource, stored.Document).Keys ?? CreateEmpty()),
                    stored.Digest,
                    stored.FetchedAt,
                    stored.FreshFor,
                    stored.EntityTag,
                    stored.Sequence
                ),
                Proven = stored.Proven.ToHashSet(),
                TouchedAt = stored.FetchedAt,
                NextPoll = due > Current.NextPoll ? due : Current.NextPoll,
            }
        );
    }

    public PollStatusDocument? PollStatus()
    {
        if (AreGiven)
        {
            return null;
        }

        var (known, at) = (Current, Conditions);
        return new PollStatusDocument(
            ConsecutiveFailures: known.Failures,
            LastFailure: known.LastFailure,
            KeyState: WireNames.Get(known.StateAt(at)),
            LastFetchedAt: known.Present?.FetchedAt,
            NextPollAt: known.NextPollAt(at)
        );
    }

    /// <summary>Completes when all pending writes are done.</summary>
    internal Task RecordingAsync() => Volatile.Read(ref recording);

    protected override KeySetConditions GetConditions(DateTimeOffset now)
    {
        // Before the kills: a kill that was committed before this moment is among them, unless it may be missing.
        var isKillUnknown = services.Controls.IsStale;
        var options = services.Options;
        var control = services.Controls.Get(issuer.Id);
        var isFile = issuer.KeySource is FileKeySource;
        return new KeySetConditions
        {
            Now = now,
            IsFetched = IsFetched,
            Timeout = options.Timeout,
            Refresh = options.Refresh,
            MinRefresh = options.MinRefresh,
            StaleOk = issuer.StaleOk(options),
            HardExpiry = issuer.HardExpiry(options),
            FileInterval = isFile ? KeySchedule.FileInterval : null,
            PauseAfter = isFile ? null : options.PauseAfter,
            // Where the issuer does not allow that, the check of the token refuses it before its key is needed.
            AllowsMissingKid = true,
            RefetchesOnBadSignature = options.RefetchOnBadSignature,
            IsPaused = control.PausedAt is not null,
            Kill = control.Kill,
            IsKillUnknown = isKillUnknown,
        };
    }

    protected override Task<KeySetResult> FetchAsync(CachedKeys? known, CancellationToken cancellationToken) =>
        services.Fetch.GetAsync(issuer, known, steps: null, cancellationToken);

    protected override Task PerformAsync(
        KeySetState before,
        KeySetState after,
        KeySetEffects effects,
        KeySetResult? result
    )
    {
        Report(after, effects);
        var recorder = services.Recorder;
        if (effects.HasFlag(KeySetEffects.Touch))
        {
            var touched = ToStored(after, default);
            Record(() => recorder.TouchAsync(issuer, touched));
        }

        foreach (var effect in PollingEffects.Where(effect => effects.HasFlag(effect)))
        {
            var polling = recorder.Polling(effect, issuer, after, after.StateAt(Conditions));
            Record(() => recorder.WriteEventAsync(polling, issuer, effect));
        }

        if (effects.HasFlag(KeySetEffects.Save))
        {
            var change = KeyChange.Between(before.Present?.Set, result!.Keys!);
            Report(result.Keys!, change);
            var stored = ToStored(after, result.Document);
            Record(() => recorder.SaveAsync(issuer, stored, change));
        }

        return Task.CompletedTask;
    }

    private static KeySetState GetInitialState(Issuer issuer, IssuerKeyServices services) =>
        issuer.KeySource.ConfiguredKeys is { } given
            ? new KeySetState
            {
                Present = CachedKeys.Configured(given),
                Proven = given.Keys.Select(key => key.Thumbprint).ToHashSet(),
                NextPoll = DateTimeOffset.MaxValue,
            }
            : new KeySetState
            {
                NextPoll = services.Time.GetUtcNow() + (StartSpread * Jitter.Unit()),
                Refresh = services.Options.Refresh,
            };

    private static JwkSet CreateEmpty()
    {
        JwkSet.TryParse("{\"keys\":[]}"u8.ToArray(), out var set);
        return set!;
    }

    private void Report(KeySetState after, KeySetEffects effects)
    {
        var id = issuer.Id.Value;
        if (effects.HasFlag(KeySetEffects.Fail) || effects.HasFlag(KeySetEffects.Confirm))
        {
            var outcome = after.FailureCode ?? "ok";
            IssuerMetrics.Fetched.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        }

        if (effects.HasFlag(KeySetEffects.Fail))
        {
            Log.KeyFetchFailed(services.Logger, id, after.LastFailure!);
        }

        if (effects.HasFlag(KeySetEffects.Degrade))
        {
            Log.KeysDegraded(services.Logger, id, WireNames.Get(after.Reported));
        }

        if (effects.HasFlag(KeySetEffects.Pause))
        {
            Log.PollingPaused(services.Logger, id, after.Failures);
        }
    }

    private void Report(JwkSet fetched, KeyChange change)
    {
        var id = issuer.Id.Value;
        Log.KeysFetched(services.Logger, id, fetched.Keys.Count);
        foreach (var dropped in fetched.Dropped)
        {
            Log.KeyDropped(services.Logger, id, dropped.KeyId ?? "", dropped.Reason.ToString());
        }

        foreach (var replaced in change.Replaced)
        {
            Log.KeyReplaced(services.Logger, id, replaced.KeyId ?? "");
        }
    }

    // Empty bytes: the stored document stays.
    private StoredKeySet ToStored(KeySetState state, ReadOnlyMemory<byte> document)
    {
        var set = state.Present!;
        return new StoredKeySet(
            Source,
            document,
            set.Digest,
            set.FetchedAt,
            set.FreshFor,
            set.EntityTag,
            set.Sequence,
            state.Proven
        );
    }

    // Sequential, so that an older state does not overwrite a newer one.
    private void Record(Func<Task> write)
    {
        var before = recording;
        recording = Task.Run(async () =>
        {
            await before;
            await write();
        });
    }

    private bool HasSameSource(Issuer other) =>
        other.Id == issuer.Id && other.Url == issuer.Url && other.KeySource == issuer.KeySource;
}
