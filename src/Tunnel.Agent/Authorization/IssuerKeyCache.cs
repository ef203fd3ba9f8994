using System.Text;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>One issuer's keys: fetched and stored by <see cref="KeySetTransitions"/>.</summary>
internal sealed class IssuerKeyCache(
    IssuerSettings issuer,
    KeySetSource source,
    TimeProvider time,
    ILogger<IssuerKeyCache> logger,
    IssuerKeyFile? file = null
) : KeySetRunner(time, file?.Load(issuer) ?? new KeySetState())
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinRefresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(10);

    private volatile RevokedTokens revoked = RevokedTokens.None;

    // Changed by one fetch after another.
    private string droppedKeys = "";

    public IssuerSettings Issuer => issuer;

    /// <summary>Whether some keys are accepted.</summary>
    public bool IsUsable => Current.IsUsable(Conditions);

    /// <summary>Whether the last fetch failed.</summary>
    public bool IsFailing => Current.Failures > 0;

    /// <summary>The revoked tokens of the issuer; replaced whole with each feed (S35).</summary>
    public RevokedTokens Revoked
    {
        get => revoked;
        set => revoked = value;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await FetchNow().WaitAsync(cancellationToken);
            var known = Current;
            var wait = known.NextPoll - Time.GetUtcNow();
            if (!known.IsFetching && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, Time, cancellationToken);
            }
        }
    }

    protected override KeySetConditions GetConditions(DateTimeOffset now) =>
        new()
        {
            Now = now,
            IsFetched = true,
            Timeout = FetchLimit,
            Refresh = Refresh,
            MinRefresh = MinRefresh,
            StaleOk = issuer.KeysStaleFor / 2,
            HardExpiry = issuer.KeysStaleFor,
            // A fetch and its retries must be well before keys_stale_for ends.
            MaxRefresh = issuer.KeysStaleFor / 4,
            AllowsMissingKid = issuer.AllowMissingKid,
            RefetchesOnBadSignature = true,
        };

    protected override Task<KeySetResult> FetchAsync(CachedKeys? known, CancellationToken cancellationToken) =>
        source.GetAsync(issuer, cancellationToken);

    protected override Task PerformAsync(
        KeySetState before,
        KeySetState after,
        KeySetEffects effects,
        KeySetResult? result
    )
    {
        if (effects.HasFlag(KeySetEffects.Fail))
        {
            Log.IssuerKeysFailed(logger, issuer.Name, after.StateAt(Conditions).ToString(), result!.Failure!);
        }

        if (effects.HasFlag(KeySetEffects.Save))
        {
            if (before.Present is null || before.Failures > 0)
            {
                Log.IssuerKeysFetched(logger, issuer.Name, result!.Keys!.Keys.Count);
            }

            LogDropped(result!.Keys!);
        }

        // On another thread: a caller whose key was proven need not wait for the disk. Whichever write is the last has all
        // proven keys.
        return file is not null && (effects.HasFlag(KeySetEffects.Save) || effects.HasFlag(KeySetEffects.Touch))
            ? Task.Run(() => file.Save(issuer, after.Present!.FetchedAt, ReadDocument(result), Current.Proven))
            : Task.CompletedTask;
    }

    private static string? ReadDocument(KeySetResult? result) =>
        result is null ? null : Encoding.UTF8.GetString(result.Document.Span);

    // Logged once for each set, not at every fetch of the same one.
    private void LogDropped(JwkSet keys)
    {
        var text = string.Join(", ", keys.Dropped.Select(key => $"keys[{key.Index}]: {key.Reason}"));
        if (text.Length > 0 && text != droppedKeys)
        {
            Log.IssuerKeysDropped(logger, issuer.Name, text);
        }

        droppedKeys = text;
    }
}
