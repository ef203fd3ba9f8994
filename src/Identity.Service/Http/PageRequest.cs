using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// <c>limit</c>, <c>page</c> and <c>include_archived</c> of a list. Lists run from the newest row down; the cursor
/// is the last row's ordinal, bound to its list and opaque to callers.
/// </summary>
/// <param name="Limit">Rows on this page.</param>
/// <param name="Before">Only rows with a smaller ordinal.</param>
/// <param name="IncludeArchived">Archived rows too.</param>
internal sealed record PageRequest(int Limit, long Before, bool IncludeArchived)
{
    public const int DefaultLimit = 20;

    private string List { get; init; } = "";

    /// <summary>Reads the query; the refusal names the bad parameter.</summary>
    public static Result<PageRequest> Read(ApiRequest request, string list, int maxLimit = 1000)
    {
        var limit = DefaultLimit;
        if (
            request.Query("limit") is { } limitText
            && !(
                int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit >= 1
                && limit <= maxLimit
            )
        )
        {
            return RequestErrors.Invalid.Refuse($"limit: a number from 1 to {maxLimit} is required.");
        }

        var archived = request.Query("include_archived");
        if (archived is not (null or "true" or "false"))
        {
            return RequestErrors.Invalid.Refuse("include_archived: true or false is required.");
        }

        var before = long.MaxValue;
        if (request.Query("page") is { } cursor && !TryDecode(cursor, list, out before))
        {
            return RequestErrors.Invalid.Refuse("page: this cursor is not from this list.");
        }

        return new PageRequest(limit, before, archived == "true") { List = list };
    }

    /// <summary>
    /// Cuts a page out of rows read with <c>LIMIT Limit + 1</c>: the extra row only says that there are more.
    /// </summary>
    public (IReadOnlyList<T> Rows, string? NextPage) Cut<T>(IReadOnlyList<T> rows, Func<T, long> ordinal) =>
        rows.Count <= Limit ? (rows, null) : ([.. rows.Take(Limit)], Encode(List, ordinal(rows[Limit - 1])));

    /// <summary>A cursor to that place, for searches that stop before the page is full.</summary>
    public string CursorAt(long ordinal) => Encode(List, ordinal);

    private static string Encode(string list, long ordinal) =>
        Base64Url.EncodeToString(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}:{ordinal}"))
        );

    private static bool TryDecode(string cursor, string list, out long ordinal)
    {
        ordinal = 0;
        if (cursor.Length > 128 || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith(list + ":", StringComparison.Ordinal)
            && long.TryParse(
                text.AsSpan(list.Length + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out ordinal
            );
    }
}
