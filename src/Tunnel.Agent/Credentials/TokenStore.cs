namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Cache of tokens by their request: the agent requests each once, however many calls wait for it, and again shortly
/// before it expires. Failures are cached for a short time. Bounded: expired tokens are removed first, then the oldest.
/// </summary>
internal sealed class TokenStore(TimeProvider time)
{
    internal const int MaxTokens = 10_000;

    // Places in the queue that are not worth tidying up.
    private const int MinPlaces = 64;

    // A token that ends on its way is refused upstream: it is renewed this much before, short ones a tenth before.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();

    // Guarded by the gate.
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

    /// <summary>Places in the queue, those of replaced entries included.</summary>
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

    /// <param name="key">What it is requested for.</param>
    /// <param name="request">Asks for it, under its own deadline: others wait for the same answer.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller alone.</param>
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

    /// <summary>The upstream would not have it: the next call gets a new one.</summary>
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

    // The queue may name entries that were replaced since.
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

    // Behind one token that lives on, a caller whose request fails each second would lengthen the queue for ever.
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
