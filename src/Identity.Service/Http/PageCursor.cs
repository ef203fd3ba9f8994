using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The text form of a position in a list: the list's name and its sort keys. Opaque to callers; a cursor is valid only for
/// its own list.
/// </summary>
internal static class PageCursor
{
    private const int MaxLength = 128;

    public static string Encode(string list, params ReadOnlySpan<long> place)
    {
        var text = new StringBuilder(list);
        foreach (var number in place)
        {
            text.Append(CultureInfo.InvariantCulture, $":{number}");
        }

        return Base64Url.EncodeToString(Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <summary>False if the cursor is malformed, or of another list or length.</summary>
    public static bool TryDecode(string cursor, string list, Span<long> place)
    {
        place.Clear();
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        if (!text.StartsWith(list + ":", StringComparison.Ordinal))
        {
            return false;
        }

        var numbers = text[(list.Length + 1)..].Split(':');
        if (numbers.Length != place.Length)
        {
            return false;
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out place[i]))
            {
                return false;
            }
        }

        return true;
    }
}
