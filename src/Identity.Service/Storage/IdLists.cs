namespace Culvert.Identity.Service.Storage;

/// <summary>Reads by many ids: the statement stays short, however many ids are requested.</summary>
internal static class IdLists
{
    // Far below what a statement may have in parameters.
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
