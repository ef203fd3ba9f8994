namespace Culvert.Jose.Tokens;

/// <summary>How <c>typ</c> is compared: with or without <c>application/</c>, in any case (RFC 7515 §4.1.9).</summary>
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
