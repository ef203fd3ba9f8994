using System.Buffers;

namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>
/// Phone numbers. They have no check digit, so in a text only numbers in these forms count: with a country code
/// (<c>+49 …</c>, <c>0049 …</c>), with the 0 of an area code, or in the groups of North America
/// (<c>(555) 123-4567</c>).
/// </summary>
internal static class PhoneText
{
    private const int MinDigits = 7;
    private const int MaxDigits = 17; // 15 by ITU-T E.164 §6.2.1, after 00
    private const int MinNationalDigits = 9; // a date has eight
    private const int ShownDigits = 2;
    private const int MaxGap = 3; // as in " / "

    private const string GapCharacters = " \u00A0\u202F\u2009-\u2010\u2011./()";

    private static readonly SearchValues<char> Gaps = SearchValues.Create(GapCharacters);
    private static readonly SearchValues<char> GapsAndDigits = SearchValues.Create(GapCharacters + "0123456789");

    public static bool IsWhole(string value)
    {
        var digits = value.Count(char.IsAsciiDigit);
        return digits is >= MinDigits and <= MaxDigits
            && !value.AsSpan(value[0] == '+' ? 1 : 0).ContainsAnyExcept(GapsAndDigits);
    }

    /// <summary>Where the longest number that begins here ends; -1 if none does.</summary>
    public static int FindEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] is not ('+' or '(') && !char.IsAsciiDigit(text[start]) || IsInsideNumber(text, start))
        {
            return -1;
        }

        var run = text[start..];
        var min =
            run[0] == '+' ? MinDigits
            : IsNational(run) && !IsDate(run) ? MinNationalDigits
            : 0;
        return min > 0 && FindLongest(run, min) is >= 0 and var length ? start + length
            : FindNorthAmerican(run) is >= 0 and var grouped ? start + grouped
            : -1;
    }

    /// <param name="number">A number of at least two digits.</param>
    public static string Mask(ReadOnlySpan<char> number)
    {
        Span<char> output = number.Length <= 64 ? stackalloc char[number.Length] : new char[number.Length];
        number.CopyTo(output);
        var shown = ShownDigits;
        for (var i = output.Length - 1; i >= 0; i--)
        {
            if (char.IsAsciiDigit(output[i]) && shown-- <= 0)
            {
                output[i] = '*';
            }
        }

        return new string(output);
    }

    // 12.030, 7-030 and 10:05 are the ends of other numbers.
    private static bool IsInsideNumber(ReadOnlySpan<char> text, int start) =>
        start > 0
        && (
            char.IsAsciiLetterOrDigit(text[start - 1])
            || (start > 1 && text[start - 1] is '.' or ',' or ':' or '-' or '/' && char.IsAsciiDigit(text[start - 2]))
        );

    // An area code (030), also in parentheses, or the code of another country (0049).
    private static bool IsNational(ReadOnlySpan<char> run)
    {
        var code = run[0] == '(' ? run[1..] : run;
        return code.Length > 2
            && code[0] == '0'
            && (code[1] is >= '1' and <= '9' || (code[1] == '0' && code[2] is >= '1' and <= '9'));
    }

    // 01.02.2024 12:30
    private static bool IsDate(ReadOnlySpan<char> run) =>
        run.Length >= 10
        && run[2] is '.' or '/' or '-'
        && run[5] == run[2]
        && !run[..2].ContainsAnyExceptInRange('0', '9')
        && !run[3..5].ContainsAnyExceptInRange('0', '9')
        && !run[6..10].ContainsAnyExceptInRange('0', '9');

    private static int FindLongest(ReadOnlySpan<char> run, int min)
    {
        var (found, count, at) = (-1, 0, run[0] == '+' ? 1 : 0);
        while (count < MaxDigits && TryPassGap(run, ref at))
        {
            at++;
            count++;
            found = count >= min && !NumberText.IsDigitAt(run, at) ? at : found;
        }

        return found;
    }

    private static bool TryPassGap(ReadOnlySpan<char> run, ref int at)
    {
        var next = at;
        while (next < run.Length && next - at < MaxGap && Gaps.Contains(run[next]))
        {
            next++;
        }

        at = next;
        return NumberText.IsDigitAt(run, at);
    }

    // Groups of three, three and four digits with gaps between them: 555-123-4567.
    private static int FindNorthAmerican(ReadOnlySpan<char> run)
    {
        var at = run[0] == '(' ? 1 : 0;
        foreach (var group in (ReadOnlySpan<int>)[3, 3, 4])
        {
            var before = at;
            if (!TryPassGap(run, ref at) || (before > 1 && at == before))
            {
                return -1;
            }

            for (var i = 0; i < group; i++)
            {
                if (!NumberText.IsDigitAt(run, at++))
                {
                    return -1;
                }
            }
        }

        return NumberText.IsDigitAt(run, at) ? -1 : at;
    }
}
