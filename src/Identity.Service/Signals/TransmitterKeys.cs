using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Signals;

/// <summary>The key set of one transmitter on this node: fetched when a token needs it, and kept in memory alone.</summary>
internal sealed class TransmitterKeys(Issuer transmitter, IssuerKeyServices services)
    : KeySetRunner(services.Time, new KeySetState { NextPoll = services.Time.GetUtcNow() })
{
    /// <summary>Why the last fetch failed; null after a success.</summary>
    public string? LastFailure => Current.LastFailure;

    /// <summary>Whether these are the keys of that transmitter, with all its settings for keys.</summary>
    public bool IsFor(Issuer other) =>
        other.Url == transmitter.Url
        && other.KeySource == transmitter.KeySource
        && other.AllowedTargets.SequenceEqual(transmitter.AllowedTargets)
        && (other.StaleOkSeconds, other.HardExpirySeconds, other.AllowMissingKid)
            == (transmitter.StaleOkSeconds, transmitter.HardExpirySeconds, transmitter.AllowMissingKid);

    protected override KeySetConditions GetConditions(DateTimeOffset now)
    {
        // Before the kills, as for the keys of issuers. A kill of the issuer covers its transmitter.
        var isKillUnknown = services.Controls.IsStale;
        var options = services.Options;
        return new KeySetConditions
        {
            Now = now,
            IsFetched = true,
            Timeout = options.Timeout,
            Refresh = options.Refresh,
            MinRefresh = options.MinRefresh,
            StaleOk = transmitter.StaleOk(options),
            HardExpiry = transmitter.HardExpiry(options),
            AllowsMissingKid = transmitter.AllowMissingKid,
            RefetchesOnBadSignature = options.RefetchOnBadSignature,
            Kill = services.Controls.Get(transmitter.Id).Kill,
            IsKillUnknown = isKillUnknown,
        };
    }

    protected override Task<KeySetResult> FetchAsync(CachedKeys? known, CancellationToken cancellationToken) =>
        services.Fetch.GetAsync(transmitter, known, steps: null, cancellationToken);

    protected override Task PerformAsync(
        KeySetState before,
        KeySetState after,
        KeySetEffects effects,
        KeySetResult? result
    )
    {
        if (effects.HasFlag(KeySetEffects.Fail))
        {
            Log.TransmitterKeysNotFetched(services.Logger, transmitter.Id.Value, after.LastFailure!);
        }

        return Task.CompletedTask;
    }
}
