using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// What was read of things that feeds show, for as long as nothing of that kind has changed. Of this node's changes it
/// knows at their commit, of other nodes' a moment later: a caller that decides by it checks once more in the commit.
/// </summary>
internal sealed class LastRead<T>(IRevisions revisions)
    where T : class
{
    /// <summary>Beyond that many things everything is read again.</summary>
    public const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<string, (long Revision, T Value)> kept = new(StringComparer.Ordinal);

    public async ValueTask<T?> FindAsync(
        string id,
        Func<string, CancellationToken, ValueTask<T?>> readAsync,
        CancellationToken cancellationToken
    )
    {
        // Taken before the reading: a change meanwhile makes what was read old at once.
        var revision = revisions.Current;
        if (kept.TryGetValue(id, out var last) && last.Revision == revision)
        {
            return last.Value;
        }

        if (await readAsync(id, cancellationToken) is not { } value)
        {
            kept.TryRemove(id, out _);
            return null;
        }

        if (kept.Count >= MaxKept)
        {
            kept.Clear();
        }

        kept[id] = (revision, value);
        return value;
    }

    /// <summary>It has turned out to be old.</summary>
    public void Forget(string id) => kept.TryRemove(id, out _);
}
