using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// Clients by their metadata documents, cached for the lifetime that the host states. One fetch runs per URL; its result serves all that
/// wait. Entries, entries per organization and running fetches are bounded, because callers without any proof choose the URL.
/// </summary>
internal sealed class ClientDocuments(IClientDocumentFetcher fetcher, ILoggerFactory loggers, TimeProvider time)
{
    public const int MaxEntries = 1024;
    public const int MaxEntriesPerOrganization = 128;
    public const int MaxFetches = 16;

    public static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);
    public static readonly TimeSpan ErrorLifetime = TimeSpan.FromMinutes(1);

    private readonly ILogger logger = loggers.CreateLogger<ClientDocuments>();
    private readonly Lock gate = new();

    // Guarded by the gate, as are the entries.
    private readonly Dictionary<string, CachedClientDocument> entries = new(StringComparer.Ordinal);
    private int fetches;
    private long uses;

    /// <param name="url">A client ID whose form and host were checked.</param>
    public async ValueTask<Result<OAuthClient>> FindAsync(
        string organizationId,
        string url,
        CancellationToken cancellationToken
    )
    {
        CachedClientDocument? entry;
        Task fetch;
        lock (gate)
        {
            if (!entries.TryGetValue(url, out entry))
            {
                if (fetches >= MaxFetches)
                {
                    return OAuthClientErrors.DocumentsBusy.Refuse();
                }

                MakeRoom_NeedsLock(organizationId);
                entries[url] = entry = new CachedClientDocument(organizationId);
            }

            entry.LastUse = ++uses;
            if (entry.FindResult(time.GetUtcNow()) is { } known)
            {
                return known;
            }

            if (entry.Fetch is null)
            {
                if (fetches >= MaxFetches)
                {
                    return OAuthClientErrors.DocumentsBusy.Refuse();
                }

                fetches++;
                // Not cancelled with this caller: others may wait for the same fetch, which has its own deadline.
                entry.Fetch = Task.Run(() => FetchAsync(url, entry), CancellationToken.None);
            }

            fetch = entry.Fetch;
        }

        await fetch.WaitAsync(cancellationToken);
        lock (gate)
        {
            return entry.FindResult(time.GetUtcNow()) ?? OAuthClientErrors.DocumentUnavailable.Refuse();
        }
    }

    private async Task FetchAsync(string url, CachedClientDocument entry)
    {
        try
        {
            var fetched = await fetcher.FetchAsync(url, CancellationToken.None);
            var read = Read(url, fetched);
            lock (gate)
            {
                if (read.TryGet(out var client, out var refusal))
                {
                    entry.Accept(client, time.GetUtcNow(), GetLifetime(fetched.MaxAge));
                }
                else
                {
                    entry.Refuse(refusal, time.GetUtcNow(), ends: fetched.IsGone || fetched.Body is not null);
                }
            }
        }
        finally
        {
            lock (gate)
            {
                entry.Fetch = null;
                fetches--;
            }
        }
    }

    private Result<OAuthClient> Read(string url, FetchedClientDocument fetched)
    {
        if (fetched.Body is not { } body)
        {
            // The caller is not told the reason: it would reveal which names and ports exist in the service's network.
            Log.ClientDocumentNotFetched(logger, url, fetched.Code!, fetched.Detail);
            return (fetched.IsGone ? OAuthClientErrors.DocumentGone : OAuthClientErrors.DocumentUnavailable).Refuse();
        }

        var read = ClientDocumentReader.Read(body, url);
        if (read.Refusal is { } refusal)
        {
            Log.ClientDocumentRefused(logger, url, refusal.Message);
        }

        return read;
    }

    private static TimeSpan GetLifetime(TimeSpan? stated) =>
        stated is not { } maxAge || maxAge < MinLifetime ? MinLifetime
        : maxAge > MaxLifetime ? MaxLifetime
        : maxAge;

    // An organization that requests many URLs removes its own entries first, and then those of the organization with the most.
    private void MakeRoom_NeedsLock(string organizationId)
    {
        if (entries.Values.Count(entry => entry.OrganizationId == organizationId) >= MaxEntriesPerOrganization)
        {
            RemoveOldest_NeedsLock(organizationId);
        }
        else if (entries.Count >= MaxEntries)
        {
            RemoveOldest_NeedsLock(
                Idle_NeedsLock().CountBy(pair => pair.Value.OrganizationId).MaxBy(pair => pair.Value).Key
            );
        }
    }

    // MaxFetches is smaller than every share, so an idle entry exists.
    private void RemoveOldest_NeedsLock(string organizationId) =>
        entries.Remove(
            Idle_NeedsLock()
                .Where(pair => pair.Value.OrganizationId == organizationId)
                .MinBy(pair => pair.Value.LastUse)
                .Key
        );

    // An entry whose fetch is running stays: without it, a second fetch of the same URL could start.
    private IEnumerable<KeyValuePair<string, CachedClientDocument>> Idle_NeedsLock() =>
        entries.Where(pair => pair.Value.Fetch is null);
}
