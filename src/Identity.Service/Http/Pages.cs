namespace Culvert.Identity.Service.Http;

/// <summary>Makes pages of lists.</summary>
internal static class Pages
{
    /// <summary>A list that always fits on one page.</summary>
    public static Page<T> Whole<T>(IEnumerable<T> items) => new() { Data = [.. items], NextPage = null };

    /// <summary>
    /// Cuts a page out of rows read with one more than the limit: the extra row only says that there are more.
    /// </summary>
    /// <param name="rows">At most <paramref name="limit"/> + 1.</param>
    /// <param name="limit">Rows on a page.</param>
    /// <param name="toCursor">The cursor to what follows a row.</param>
    public static Page<T> Cut<T>(IReadOnlyList<T> rows, int limit, Func<T, string> toCursor) =>
        rows.Count <= limit
            ? Whole(rows)
            : new() { Data = [.. rows.Take(limit)], NextPage = toCursor(rows[limit - 1]) };
}
