namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>
/// Numbers of payment cards (ISO/IEC 7812-1): 13 to 19 digits with the check digit of its annex B, in compact form or
/// with a separator between groups.
/// </summary>
internal static class CardText
{
    private const int MinDigits = 13;
    private const int MaxDigits = 19;
    private const int Shown = 4;

    /// <summary>Where the longest number that begins here ends; -1 if none does.</summary>
    public static int FindEnd(ReadOnlySpan<char> text, int start)
    {
        if (!NumberText.IsDigitAt(text, start) || (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1])))
        {
            return -1;
        }

        Span<char> digits = stackalloc char[MaxDigits];
        var (found, count, at) = (-1, 0, start);
        while (count < MaxDigits && NumberText.IsDigitAt(text, at))
        {
            digits[count++] = text[at++];
            if (NumberText.IsDigitAt(text, at))
            {
                continue; // a number does not end inside a group
            }

            found = count >= MinDigits && HasCheckDigit(digits[..count]) ? at : found;
            at += at < text.Length && NumberText.IsGap(text[at]) ? 1 : 0;
        }

        return found;
    }

    /// <param name="number">Ends with a number that <see cref="FindEnd"/> found.</param>
    public static string Mask(ReadOnlySpan<char> number)
    {
        Span<char> last = stackalloc char[Shown];
        var place = Shown;
        for (var i = number.Length - 1; place > 0; i--)
        {
            if (char.IsAsciiDigit(number[i]))
            {
                last[--place] = number[i];
            }
        }

        return $"**** {last}";
    }

    // The Luhn formula: every second digit from the right is doubled.
    private static bool HasCheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            digit *= 1 + (i % 2);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }
}
