using System.Globalization;

namespace Culvert.Identity.Service.Http;

/// <summary>Values of filters in a query.</summary>
internal static class QueryText
{
    public const int MaxLength = 1024;

    /// <summary>What a refusal says of a time that is none.</summary>
    public const string TimeExpected = "a time such as 2026-01-31T12:00:00Z is required.";

    /// <summary>No record has control characters, and PostgreSQL takes no NUL in a text.</summary>
    public static bool IsText(string? text) => text is null || (text.Length <= MaxLength && !text.Any(char.IsControl));

    /// <summary>False when the text is not a time. An absent text is null.</summary>
    public static bool TryReadTime(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text is null)
        {
            return true;
        }

        // RFC 3339 with its offset: a time without one is another time on another machine.
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

    /// <summary>Whether a value is the wanted one, or begins like a wanted one that ends in <c>*</c>.</summary>
    public static bool Matches(string? wanted, string? value) =>
        wanted switch
        {
            null => true,
            [.. var prefix, '*'] => value?.StartsWith(prefix, StringComparison.Ordinal) == true,
            _ => value == wanted,
        };
}
