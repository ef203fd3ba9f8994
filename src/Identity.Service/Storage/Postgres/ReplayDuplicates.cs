namespace Culvert.Identity.Service.Storage.Postgres;

internal static class ReplayDuplicates
{
    /// <summary>
    /// Splits the batch into parts that contain each key once. A key occurs twice if its two uses have different expiry
    /// times, so that memory does not find the first; the second is then written after the first.
    /// </summary>
    public static IEnumerable<IReadOnlyList<PendingDecision>> Split(IReadOnlyList<PendingDecision> batch)
    {
        while (batch.Count > 0)
        {
            var keys = new HashSet<ReplayKey>();
            var twins = new List<PendingDecision>();
            var part = new List<PendingDecision>(batch.Count);
            foreach (var pending in batch)
            {
                (pending.Decision.Replay is { } key && !keys.Add(key) ? twins : part).Add(pending);
            }

            yield return part;
            batch = twins;
        }
    }
}
