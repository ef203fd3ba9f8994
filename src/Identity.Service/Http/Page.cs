namespace Culvert.Identity.Service.Http;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The type of an item.</typeparam>
/// <param name="NextPage">The cursor of the next page; null on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, string? NextPage)
{
    /// <summary>The same page with converted items.</summary>
    public Page<TOther> Select<TOther>(Func<T, TOther> convert) =>
        new(Data: [.. Data.Select(convert)], NextPage: NextPage);
}
