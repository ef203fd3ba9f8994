namespace Culvert.Platform.Wire;

/// <summary>The form of other services' ids and names: ASCII letters and digits, and a few other characters.</summary>
public static class IdForm
{
    /// <summary>Whether a text has up to <paramref name="most"/> characters, ASCII letters, digits or others.</summary>
    public static bool IsWellFormed(string text, string others, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(others);
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !others.Contains(character))
            {
                return false;
            }
        }

        return text.Length > 0 && text.Length <= most;
    }

    public static bool IsWellFormedLower(string text, string others, int most) =>
        IsWellFormed(text, others, most) && !text.AsSpan().ContainsAnyInRange('A', 'Z');

    /// <summary>Whether a text is a name: 1 to 64 of <c>a-z 0-9 _ -</c>, the first a letter or a digit.</summary>
    public static bool IsName(string text) => IsWellFormedLower(text, "_-", 64) && char.IsAsciiLetterOrDigit(text[0]);
}
