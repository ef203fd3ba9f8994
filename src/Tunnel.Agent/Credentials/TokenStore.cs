namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Cache of tokens by their request: concurrent calls share one request, and the agent requests a token again shortly
/// before it expires. Failures are cached briefly. Bounded: expired tokens are removed first, then the oldest.
/// </summary>
internal sealed class TokenStore(TimeProvider time)
{
    internal const int MaxTokens = 10_000;

    // A queue with fewer surplus places is not compacted.
    private const int MinPlaces = 64;

    // A token may expire on its way to the upstream, so the agent renews it this much earlier; a short one a tenth of its
    // lifetime earlier.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();

    // Guarded by gate.
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, Entry Entry)> byAge = new();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>The length of the queue, including replaced entries.</summary>
    internal int Places
    {
        get
        {
            lock (gate)
            {
                return byAge.Count;
            }
        }
    }

    /// <param name="request">Requests the token with its own deadline: others wait for the same response.</param>
    /// <param name="cancellationToken">Cancels only this caller's wait.</param>
    public Task<IssuedToken> GetAsync(string key, Func<Task<IssuedToken>> request, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (gate)
        {
            if (!entries.TryGetValue(key, out entry!) || IsOver(entry))
            {
                Evict_NeedsLock();
                entry = new Entry(new Lazy<Task<IssuedToken>>(request), time.GetUtcNow());
                entries[key] = entry;
                byAge.Enqueue((key, entry));
                Compact_NeedsLock();
            }
        }

        return entry.Token.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Removes a token that the upstream refused; the next call requests a new one.</summary>
    public void Forget(string key, string token)
    {
        lock (gate)
        {
            if (
                entries.TryGetValue(key, out var entry)
                && entry.Token is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
                && entry.Token.Value.Result.Value == token
            )
            {
                entries.Remove(key);
            }
        }
    }

    private bool IsOver(Entry entry)
    {
        if (!entry.Token.IsValueCreated || !entry.Token.Value.IsCompleted)
        {
            return false;
        }

        if (!entry.Token.Value.IsCompletedSuccessfully)
        {
            return true;
        }

        var token = entry.Token.Value.Result;
        var life = token.EndsAt - entry.AskedAt;
        var margin =
            token.Problem.Length > 0 ? TimeSpan.Zero
            : life / 10 < Margin ? life / 10
            : Margin;
        return time.GetUtcNow() >= token.EndsAt - margin;
    }

    // The queue may have entries that were replaced.
    private void Evict_NeedsLock()
    {
        while (byAge.TryPeek(out var oldest))
        {
            var isCurrent = entries.TryGetValue(oldest.Key, out var entry) && ReferenceEquals(entry, oldest.Entry);
            if (isCurrent && !IsOver(oldest.Entry) && entries.Count < MaxTokens)
            {
                return;
            }

            byAge.Dequeue();
            if (isCurrent)
            {
                entries.Remove(oldest.Key);
            }
        }
    }

    // While the first token of the queue is valid, a caller whose request fails each second would grow the queue without
    // limit.
    private void Compact_NeedsLock()
    {
        if (byAge.Count <= 2 * entries.Count + MinPlaces)
        {
            return;
        }

        var living = byAge
            .Where(place => entries.TryGetValue(place.Key, out var entry) && ReferenceEquals(entry, place.Entry))
            .ToList();
        byAge.Clear();
        living.ForEach(byAge.Enqueue);
    }

    private sealed record Entry(Lazy<Task<IssuedToken>> Token, DateTimeOffset AskedAt);
}
