using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// The keys of one issuer on this node. Lookups read an immutable set; fetching happens beside them, one at a time,
/// and replaces the set only by a usable one.
/// </summary>
/// <remarks>
/// By the age of the set:
/// <code>
/// none               lookup waits for a fetch; after a failure the next is 1, 2, 4 … 30 s away
/// up to Refresh      served
/// up to HardExpiry   served, and a fetch is started in the background; log at StaleOk
/// beyond             refused
/// </code>
/// A kid that the set lacks starts at most one fetch in <see cref="FetchOptions.MinRefresh"/>.
/// </remarks>
internal sealed class IssuerKeys(
    Issuer issuer,
    KeySetFetch fetch,
    IIssuerKeyStore store,
    FetchOptions options,
    TimeProvider time,
    ILogger logger
)
{
    // An exchange waits no longer than this for a kid that may not exist.
    private static readonly TimeSpan UnknownKeyWait = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();

    // Read without the lock; replaced whole.
    private volatile FetchedKeySet? present = issuer.KeySource.GivenKeys is { } given
        ? new FetchedKeySet(given, DateTimeOffset.MaxValue)
        : null;

    // Guarded by the gate.
    private Task? running;
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;
    private int failures;
    private string? lastFailure;

    public IssuerId IssuerId => issuer.Id;

    private bool IsInline => issuer.KeySource.GivenKeys is not null;

    /// <summary>Whether these are still the keys of that record: same issuer, same source, same network rules.</summary>
    public bool IsFor(Issuer other) =>
        other.Id == issuer.Id
        && other.Url == issuer.Url
        && other.KeySource == issuer.KeySource
        && other.AllowedTargets.SequenceEqual(issuer.AllowedTargets);

    /// <summary>What identifies the source in the store.</summary>
    public string Source => $"{issuer.Url}\n{issuer.KeySource.ToJson()}";

    /// <summary>Takes up a set that an earlier run of the service fetched.</summary>
    public void Restore(JwkSet keys, DateTimeOffset fetchedAt)
    {
        if (!IsInline)
        {
            present = new FetchedKeySet(keys, fetchedAt);
        }
    }

    /// <summary>Finds a key without waiting where possible.</summary>
    public ValueTask<KeyLookup> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (Usable() is { } set && set.Keys.Find(keyId, out var key) == JoseRefusal.None)
        {
            if (IsStale(set))
            {
                // The caller is served with what we have; nobody waits for this fetch.
                _ = StartFetch();
            }

            return new(new KeyLookup(key, HaveKeys: true));
        }

        return FetchAndFindAsync(keyId, cancellationToken);
    }

    public PollStatusDocument? PollStatus()
    {
        if (IsInline)
        {
            return null;
        }

        lock (gate)
        {
            var fetchedAt = present?.FetchedAt;
            return new PollStatusDocument
            {
                ConsecutiveFailures = failures,
                LastFailure = lastFailure,
                LastFetchedAt = fetchedAt,
                NextPollAt = fetchedAt is { } last ? Later(last + options.Refresh, notBefore) : null,
            };
        }
    }

    private async ValueTask<KeyLookup> FetchAndFindAsync(string keyId, CancellationToken cancellationToken)
    {
        var hadKeys = Usable() is not null;
        if (StartFetch() is { } fetching)
        {
            try
            {
                await fetching.WaitAsync(hadKeys ? UnknownKeyWait : options.Timeout * 2, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The fetch goes on; this exchange is decided on what there is.
            }
        }

        VerificationKey? key = null;
        var set = Usable();
        set?.Keys.Find(keyId, out key);
        return new KeyLookup(key, set is not null);
    }

    // The running fetch, a new one, or null when it is too early for another.
    private Task? StartFetch()
    {
        if (IsInline)
        {
            return null;
        }

        lock (gate)
        {
            if (running is { IsCompleted: false })
            {
                return running;
            }

            if (time.GetUtcNow() < notBefore)
            {
                return null;
            }

            notBefore = time.GetUtcNow() + options.MinRefresh;
            return running = Task.Run(FetchAsync);
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            // Its own end, not the caller's: others wait for the same fetch.
            using var deadline = new CancellationTokenSource(options.Timeout, time);
            Take(await fetch.GetAsync(issuer, deadline.Token));
        }
        catch (Exception fault)
        {
            // The root of a background task: whatever went wrong, the last good keys stay and the next fetch is due.
            Take(KeySetFetchResult.Failed(fault is OperationCanceledException ? "timed out" : fault.GetType().Name));
        }
    }

    private void Take(KeySetFetchResult result)
    {
        var now = time.GetUtcNow();
        if (result.Keys is not { } keys)
        {
            lock (gate)
            {
                failures++;
                lastFailure = result.Failure;
                if (present is null)
                {
                    var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures - 1, 10)));
                    notBefore = now + (pause < options.MinRefresh ? pause : options.MinRefresh);
                }
            }

            Log.KeyFetchFailed(logger, issuer.Id.Value, result.Failure!);
            return;
        }

        present = new FetchedKeySet(keys, now);
        lock (gate)
        {
            failures = 0;
            lastFailure = null;
        }

        foreach (var dropped in keys.Dropped)
        {
            Log.KeyDropped(logger, issuer.Id.Value, dropped.KeyId ?? "", dropped.Reason.ToString());
        }

        Log.KeysFetched(logger, issuer.Id.Value, keys.Keys.Count);
        store.Save(issuer.Id, Source, result.Document, now);
    }

    private FetchedKeySet? Usable() =>
        present is { } set && (IsInline || time.GetUtcNow() - set.FetchedAt < options.HardExpiry) ? set : null;

    private bool IsStale(FetchedKeySet set)
    {
        if (IsInline)
        {
            return false;
        }

        var age = time.GetUtcNow() - set.FetchedAt;
        return age >= options.Refresh;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed record FetchedKeySet(JwkSet Keys, DateTimeOffset FetchedAt);
}
