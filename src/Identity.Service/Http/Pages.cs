namespace Culvert.Identity.Service.Http;

internal static class Pages
{
    /// <summary>A list that always fits on one page.</summary>
    public static Page<T> Whole<T>(IEnumerable<T> items) => new(Data: [.. items], NextPage: null);

    /// <summary>
    /// Cuts a page from rows that were read with one more than the limit; the extra row shows that there are more.
    /// </summary>
    /// <param name="rows">At most <paramref name="limit"/> + 1.</param>
    /// <param name="toCursor">The cursor after a row.</param>
    public static Page<T> Cut<T>(IReadOnlyList<T> rows, int limit, Func<T, string> toCursor) =>
        rows.Count <= limit ? Whole(rows) : new(Data: [.. rows.Take(limit)], NextPage: toCursor(rows[limit - 1]));
}
