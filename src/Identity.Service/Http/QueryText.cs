using System.Globalization;

namespace Culvert.Identity.Service.Http;

internal static class QueryText
{
    public const int MaxLength = 1024;

    public const string TimeExpected = "a time such as 2026-01-31T12:00:00Z is required.";

    /// <summary>Records have no control characters, and PostgreSQL stores no NUL in a text.</summary>
    public static bool IsText(string? text) => text is null || (text.Length <= MaxLength && !text.Any(char.IsControl));

    /// <summary>False if the text is not a time. An absent text gives null.</summary>
    public static bool TryReadTime(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text is null)
        {
            return true;
        }

        // RFC 3339 with an offset: without it, the time would depend on the machine.
        var isTime = DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var parsed
        );
        instant = parsed;
        return isTime && (text.EndsWith('Z') || text[^6] is '+' or '-');
    }

    /// <summary>Whether a value equals the wanted one, or has it as a prefix if it ends in <c>*</c>.</summary>
    public static bool Matches(string? wanted, string? value) =>
        wanted switch
        {
            null => true,
            [.. var prefix, '*'] => value?.StartsWith(prefix, StringComparison.Ordinal) == true,
            _ => value == wanted,
        };
}
