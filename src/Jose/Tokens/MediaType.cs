namespace Culvert.Jose.Tokens;

/// <summary>Compares <c>typ</c> values: with or without <c>application/</c>, case-insensitive (RFC 7515 §4.1.9).</summary>
internal static class MediaType
{
    private const string Prefix = "application/";

    public static bool Matches(ReadOnlySpan<char> actual, ReadOnlySpan<char> expected)
    {
        if (actual.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            actual = actual[Prefix.Length..];
        }

        return actual.Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
