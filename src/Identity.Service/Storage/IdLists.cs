namespace Culvert.Identity.Service.Storage;

/// <summary>Reads many ids with statements of bounded size.</summary>
internal static class IdLists
{
    // Far below the limit of parameters per statement.
    public const int MaxIdsAtOnce = 500;

    public static async ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<string> ids,
        Func<string[], Task<IEnumerable<T>>> read
    )
    {
        var found = new List<T>(ids.Count);
        foreach (var some in ids.Chunk(MaxIdsAtOnce))
        {
            found.AddRange(await read(some));
        }

        return found;
    }
}
