using System.Globalization;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The list parameters <c>limit</c>, <c>page</c> and <c>include_archived</c>. Lists are sorted newest first; the cursor
/// (<see cref="PageCursor"/>) is the last row's ordinal.
/// </summary>
/// <param name="Before">Only rows with a smaller ordinal.</param>
internal sealed record PageRequest(int Limit, long Before, bool IncludeArchived)
{
    public const int DefaultLimit = 20;

    public const int MaxLimit = 1000;

    /// <summary>The number of rows to read: one more than the page, to detect another page.</summary>
    public int Count => Limit + 1;

    public long Archived => IncludeArchived ? 1 : 0;

    private string List { get; init; } = "";

    /// <summary>Reads the query; the refusal names the invalid parameter.</summary>
    public static Result<PageRequest> Read(ApiRequest request, string list, int maxLimit = MaxLimit)
    {
        var limit = ReadLimit(request, maxLimit);
        if (!limit.IsOk)
        {
            return limit.Refusal;
        }

        var archived = request.Query("include_archived");
        if (archived is not (null or "true" or "false"))
        {
            return RequestErrors.Invalid.Refuse("include_archived: true or false is required.");
        }

        Span<long> before = [long.MaxValue];
        return request.Query("page") is { } cursor && !PageCursor.TryDecode(cursor, list, before)
            ? InvalidCursor()
            : new PageRequest(limit.Value, before[0], archived == "true") { List = list };
    }

    /// <summary>Reads only <c>limit</c>.</summary>
    public static Result<int> ReadLimit(ApiRequest request, int maxLimit = MaxLimit)
    {
        var limit = DefaultLimit;
        return
            request.Query("limit") is { } text
            && !(
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit >= 1
                && limit <= maxLimit
            )
            ? RequestErrors.Invalid.Refuse($"limit: a number from 1 to {maxLimit} is required.")
            : limit;
    }

    public static Refusal InvalidCursor() => RequestErrors.Invalid.Refuse("page: this cursor is not from this list.");

    /// <summary>Cuts a page from at most <see cref="Count"/> rows.</summary>
    /// <param name="rows">Newest first.</param>
    /// <param name="searchedTo">
    /// Where a search stopped before the page was full: the next page continues there. Null = it was complete.
    /// </param>
    public Page<T> Cut<T>(IReadOnlyList<T> rows, Func<T, long> ordinal, long? searchedTo = null)
    {
        var page = Pages.Cut(rows, Limit, row => PageCursor.Encode(List, ordinal(row)));
        return page.NextPage is null && searchedTo is { } place
            ? page with
            {
                NextPage = PageCursor.Encode(List, place),
            }
            : page;
    }
}
