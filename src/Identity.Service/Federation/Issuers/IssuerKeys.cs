using Culvert.Identity.Service.Ids;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// The keys of one issuer on this node. Lookups read an immutable set (<see cref="KeysInForce"/>); fetching happens in
/// parallel, one at a time, and replaces the set only by a usable one (<see cref="KeyRefresh"/>).
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

    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;
    private readonly KeysInForce inForce;
    private readonly KeyRefresh refresh;

    public IssuerKeys(Issuer issuer, IssuerKeyServices services)
    {
        this.issuer = issuer;
        this.services = services;
        inForce = new KeysInForce(issuer, services);
        refresh = new KeyRefresh(issuer, services, inForce);
    }

    public IssuerId IssuerId => issuer.Id;

    /// <summary>Identifies the source: the issuer's URL, the origin of the keys, and the trusted roots.</summary>
    public string Source => inForce.Source;

    /// <summary>When the next fetch is due without a request; null = never.</summary>
    public DateTimeOffset? NextPollAt => refresh.NextPollAt;

    public KeyState State => inForce.StateAt(Now);

    /// <summary>Whether the keys are fetched or read from a file, and the issuer is not archived.</summary>
    public bool IsFetched => !inForce.AreGiven && !issuer.IsArchived;

    /// <summary>The current set, usable or not; null if none.</summary>
    public JwkSet? PresentKeys => inForce.Present?.Set;

    /// <summary>Whether a signature of one of the keys was verified, so that the key stays in use when the set is old.</summary>
    public bool AreInUse => PresentKeys?.Keys.Any(inForce.IsProven) == true;

    private DateTimeOffset Now => services.Time.GetUtcNow();

    /// <summary>Whether these are the keys of that record, with all its settings for keys.</summary>
    public bool IsFor(Issuer other) =>
        HasSourceOf(other)
        && other.IsArchived == issuer.IsArchived
        && other.AllowedTargets.SequenceEqual(issuer.AllowedTargets)
        && (other.StaleOkSeconds, other.HardExpirySeconds, other.AllowMissingKid)
            == (issuer.StaleOkSeconds, issuer.HardExpirySeconds, issuer.AllowMissingKid);

    /// <summary>Takes over the state of another cache if it has the same source. Another source purges.</summary>
    public void TakeOver(IssuerKeys other)
    {
        if (!inForce.AreGiven && other.HasSourceOf(issuer))
        {
            refresh.TakeOver(other.refresh);
        }
    }

    /// <summary>Restores a set that an earlier run of the service fetched, unless it is of another source.</summary>
    public void Restore(StoredKeySet stored)
    {
        if (!inForce.AreGiven && stored.Source == inForce.Source)
        {
            refresh.Restore(stored);
        }
    }

    /// <summary>Finds a key, without waiting where possible.</summary>
    /// <param name="keyId">Null if the token names none: then a key is found only if the issuer has exactly one.</param>
    /// <param name="algorithm">The token's; selects between keys with the same name.</param>
    /// <param name="cancellationToken">Cancels the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, JwsAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var now = Now;
        var lookup = inForce.Look(keyId, algorithm, now);
        if (lookup.Outcome is KeyLookupOutcome.Found)
        {
            if (now >= refresh.NextPoll)
            {
                // No exchange waits for this fetch, and normally the poller has started it.
                _ = PollIfDue(now, isAsked: true);
            }

            return new(lookup);
        }

        return inForce.AreGiven || IsFinal(keyId, lookup)
            ? new(lookup)
            : FetchAndFindAsync(keyId, algorithm, lookup, cancellationToken);
    }

    /// <summary>Finds a replacement of the same name after an invalid signature. Fetches as for an unknown kid.</summary>
    public async ValueTask<VerificationKey?> ReplacementAsync(
        VerificationKey failed,
        JwsAlgorithm algorithm,
        CancellationToken cancellationToken
    )
    {
        if (inForce.AreGiven || failed.KeyId is not { } keyId || !services.Options.RefetchOnBadSignature)
        {
            return null;
        }

        // Another caller's fetch may have delivered it already.
        var found = inForce.Look(keyId, algorithm, Now);
        if (found.Key is not null && found.Key.Thumbprint == failed.Thumbprint)
        {
            found = await FetchAndFindAsync(keyId, algorithm, found, cancellationToken);
        }

        return found.Key is { } key && key.Thumbprint != failed.Thumbprint ? key : null;
    }

    /// <summary>Records that a signature of this key was verified: the key stays in use when the set is old.</summary>
    public void MarkProven(VerificationKey key)
    {
        if (!inForce.AreGiven && !inForce.IsProven(key))
        {
            refresh.MarkProven(key);
        }
    }

    /// <summary>Starts a fetch if one is due. Also detects that keys have become too old.</summary>
    /// <param name="isAsked">Whether an exchange uses these keys: then they are fetched although polling is paused.</param>
    public Task? PollIfDue(DateTimeOffset now, bool isAsked) =>
        inForce.AreGiven ? null : refresh.PollIfDue(now, isAsked);

    /// <summary>Detects that keys have become too old where nothing is polled.</summary>
    public void NoticeAge(DateTimeOffset now)
    {
        if (IsFetched)
        {
            refresh.NoticeAge(now);
        }
    }

    public PollStatusDocument? PollStatus() => inForce.AreGiven ? null : refresh.PollStatus();

    /// <summary>Completes when all pending writes are done. For tests and shutdown.</summary>
    internal Task RecordingAsync() => refresh.RecordingAsync();

    // A fetch does not undo a kill, except that a new set replaces a killed set.
    private static bool IsFinal(string? keyId, KeyLookup lookup) =>
        lookup.Outcome == KeyLookupOutcome.Killed || (keyId is null && lookup.Outcome == KeyLookupOutcome.Unknown);

    private async ValueTask<KeyLookup> FetchAndFindAsync(
        string? keyId,
        JwsAlgorithm algorithm,
        KeyLookup before,
        CancellationToken cancellationToken
    )
    {
        // Without any keys all exchanges have to wait; with keys, a limited number waits for a name that may not exist.
        var isUseful = before.Outcome != KeyLookupOutcome.Unavailable;
        if (refresh.Join(keyId, isUseful) is not { } fetching)
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
            // The fetch continues; this exchange is decided on the current keys.
        }
        finally
        {
            refresh.Leave();
        }

        var lookup = inForce.Look(keyId, algorithm, Now);
        if (lookup.Outcome == KeyLookupOutcome.Unknown && keyId is not null && fetching.IsCompleted)
        {
            refresh.Remember(keyId);
        }

        return lookup;
    }

    private bool HasSourceOf(Issuer other) =>
        other.Id == issuer.Id && other.Url == issuer.Url && other.KeySource == issuer.KeySource;
}
