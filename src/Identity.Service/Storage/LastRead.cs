using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Caches objects until a change that raises the revision. This node's changes take effect at their commit, other nodes' a
/// moment later: a caller that must not be that late checks again in its commit. While other nodes' changes may be missing,
/// every object is read from the store.
/// </summary>
internal sealed class LastRead<T>(IRevisions revisions)
    where T : class
{
    /// <summary>Above this number of objects, the cache is cleared.</summary>
    public const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, (long Revision, T Value)> cache = new(StringComparer.Ordinal);

    public async ValueTask<T?> FindAsync(
        string id,
        Func<string, CancellationToken, ValueTask<T?>> readAsync,
        CancellationToken cancellationToken
    )
    {
        // Read before the object, so that a change during the read makes it stale.
        var revision = revisions.Current;
        if (revisions.IsCurrent && cache.TryGetValue(id, out var last) && last.Revision == revision)
        {
            return last.Value;
        }

        if (await readAsync(id, cancellationToken) is not { } value)
        {
            cache.TryRemove(id, out _);
            return null;
        }

        if (cache.Count >= MaxCached)
        {
            cache.Clear();
        }

        cache[id] = (revision, value);
        return value;
    }

    /// <summary>Removes an object that turned out to be stale.</summary>
    public void Forget(string id) => cache.TryRemove(id, out _);
}
