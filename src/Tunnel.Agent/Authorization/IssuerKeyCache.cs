using System.Text;
using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;
using Culvert.Platform.Wire;
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

    private volatile OffBoardedPeople offBoarded = OffBoardedPeople.None;

    // The service as authorization server, by the last feed, and when the service last confirmed that feed.
    private volatile AgentFeedAuthorization? fed;
    private volatile AgentFeedAuthorization? read; // by the last fetch
    private volatile Func<DateTimeOffset?> confirmedAt = static () => null;

    // Changed by one fetch after another.
    private string droppedKeys = "";

    public IssuerSettings Issuer => issuer;

    /// <summary>The exact <c>iss</c>; empty while only a feed that has not come knows it.</summary>
    public string Url => issuer.IsFed ? fed?.Issuer ?? "" : issuer.Issuer;

    /// <summary>Whether the keys come from a feed that is absent, has none, or is older than keys may be.</summary>
    public bool IsOutdated =>
        issuer.IsFed && (fed is null || confirmedAt() is not { } at || Time.GetUtcNow() - at > issuer.KeysStaleFor);

    /// <summary>The issuer's name and, where its keys come from a feed, why they are not usable.</summary>
    public string Problem =>
        !IsOutdated ? issuer.Name
        : fed is null
            ? $"{issuer.Name} ({KeySetSource.NoFedServer}: update the service, or write issuers.{issuer.Name})"
        : $"{issuer.Name} (the service has not been reached for longer than keys may be used)";

    /// <summary>Whether some keys are accepted.</summary>
    public bool IsUsable => !IsOutdated && Current.IsUsable(Conditions);

    /// <summary>Whether the last fetch failed.</summary>
    public bool IsFailing => Current.Failures > 0;

    /// <summary>The revoked tokens of the issuer; replaced whole with each feed (S35).</summary>
    public RevokedTokens Revoked
    {
        get => revoked;
        set => revoked = value;
    }

    /// <summary>People whose earlier tokens are refused; replaced whole with each feed (S35).</summary>
    public OffBoardedPeople OffBoarded
    {
        get => offBoarded;
        set => offBoarded = value;
    }

    /// <summary>Takes issuer and keys from a feed, if they come from there.</summary>
    /// <param name="authorization">Null: the service sends none.</param>
    /// <param name="confirmed">When the service last confirmed its feed.</param>
    public void Use(AgentFeedAuthorization? authorization, Func<DateTimeOffset?> confirmed)
    {
        if (!issuer.IsFed)
        {
            return;
        }

        confirmedAt = confirmed;
        var before = fed;
        fed = authorization;
        if (authorization is not null && (before is null || !JsonElement.DeepEquals(before.Keys, authorization.Keys)))
        {
            _ = FetchFedAsync();
        }
    }

    // A fetch that runs already may have read the feed before: then another one follows.
    private async Task FetchFedAsync()
    {
        do
        {
            await FetchNow();
        } while (!ReferenceEquals(read, fed));
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
        issuer.IsFed ? Task.FromResult(ReadFed()) : source.GetAsync(issuer, cancellationToken);

    private KeySetResult ReadFed()
    {
        var latest = fed;
        var result = KeySetSource.ReadFeed(issuer, latest);
        read = latest;
        return result;
    }

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
