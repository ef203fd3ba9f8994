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

    /// <summary>What identifies the source: the issuer's URL, where keys come from, and which roots are believed.</summary>
    public string Source => inForce.Source;

    /// <summary>When the next fetch is due without a request; null = never.</summary>
    public DateTimeOffset? NextPollAt => refresh.NextPollAt;

    public KeyState State => inForce.StateAt(Now);

    /// <summary>Whether these keys come from elsewhere, of an issuer that is in use.</summary>
    public bool IsFetched => !inForce.AreGiven && !issuer.IsArchived;

    /// <summary>The set as it is, usable or not; null = none.</summary>
    public JwkSet? PresentKeys => inForce.Present?.Set;

    private DateTimeOffset Now => services.Time.GetUtcNow();

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

    /// <summary>Finds a key without waiting where possible.</summary>
    /// <param name="keyId">Null = the token names none: found if the issuer has exactly one key.</param>
    /// <param name="algorithm">The token's, which decides between keys of one name.</param>
    /// <param name="cancellationToken">Ends the wait, not the fetch.</param>
    public ValueTask<KeyLookup> FindAsync(string? keyId, JwsAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var now = Now;
        var lookup = inForce.Look(keyId, algorithm, now);
        if (lookup.Outcome is KeyLookupOutcome.Found)
        {
            if (now >= refresh.NextPoll)
            {
                // No exchange waits for this fetch, and normally the poller has begun it.
                _ = PollIfDue(now, isAsked: true);
            }

            return new(lookup);
        }

        return inForce.AreGiven || IsFinal(keyId, lookup)
            ? new(lookup)
            : FetchAndFindAsync(keyId, algorithm, lookup, cancellationToken);
    }

    /// <summary>
    /// After a signature that did not hold: the key that now has the same name, if it is another one. Fetches as
    /// seldom as for an unknown kid.
    /// </summary>
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

        // Another caller's fetch may have brought it already.
        var found = inForce.Look(keyId, algorithm, Now);
        if (found.Key is not null && found.Key.Thumbprint == failed.Thumbprint)
        {
            found = await FetchAndFindAsync(keyId, algorithm, found, cancellationToken);
        }

        return found.Key is { } key && key.Thumbprint != failed.Thumbprint ? key : null;
    }

    /// <summary>A signature of this key held: it continues to be used when the set is old.</summary>
    public void MarkProven(VerificationKey key)
    {
        if (!inForce.AreGiven && !inForce.IsProven(key))
        {
            refresh.MarkProven(key);
        }
    }

    /// <summary>Begins the fetch that is due, if one is. Also notices that keys have become too old.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isAsked">Whether an exchange uses these keys: then they are fetched although polling is paused.</param>
    public Task? PollIfDue(DateTimeOffset now, bool isAsked) =>
        inForce.AreGiven ? null : refresh.PollIfDue(now, isAsked);

    /// <summary>Notices that keys have become too old, where nothing is polled.</summary>
    public void NoticeAge(DateTimeOffset now)
    {
        if (IsFetched)
        {
            refresh.NoticeAge(now);
        }
    }

    public PollStatusDocument? PollStatus() => inForce.AreGiven ? null : refresh.PollStatus();

    /// <summary>For tests and stopping: until what is being written down is.</summary>
    internal Task RecordingAsync() => refresh.RecordingAsync();

    // A kill is not undone by a fetch, unless it was the set alone that was killed and the set is gone.
    private static bool IsFinal(string? keyId, KeyLookup lookup) =>
        lookup.Outcome == KeyLookupOutcome.Killed || (keyId is null && lookup.Outcome == KeyLookupOutcome.Unknown);

    private async ValueTask<KeyLookup> FetchAndFindAsync(
        string? keyId,
        JwsAlgorithm algorithm,
        KeyLookup before,
        CancellationToken cancellationToken
    )
    {
        // Without any keys all exchanges have to wait; with some, only so many wait for a name that may not exist.
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
            // The fetch continues; this exchange is decided on what there is.
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
