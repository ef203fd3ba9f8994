using System.Collections.Frozen;
using System.Globalization;

namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>
/// International bank account numbers (ISO 13616-1): a country, two check digits, and as many letters and digits as the
/// country's accounts have, in compact form or with a separator between groups.
/// </summary>
internal static class IbanText
{
    private const int Shown = 4;
    private const int MaxCharacters = 34;

    // The IBAN registry: each country and the length of its numbers.
    private static readonly FrozenDictionary<string, int> Lengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 "
        + "EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
        + "KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 "
        + "PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 "
        + "UA29 VA22 VG24 XK20 YE30"
    )
        .Split(' ')
        .ToFrozenDictionary(
            entry => entry[..2],
            entry => int.Parse(entry.AsSpan(2), CultureInfo.InvariantCulture),
            StringComparer.OrdinalIgnoreCase
        );

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ByCountry =
        Lengths.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Where the number that begins here ends; -1 if none does.</summary>
    public static int FindEnd(ReadOnlySpan<char> text, int start)
    {
        if (
            text.Length - start < 4
            || !char.IsAsciiLetter(text[start])
            || (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            || !char.IsAsciiLetter(text[start + 1])
            || !char.IsAsciiDigit(text[start + 2])
            || !char.IsAsciiDigit(text[start + 3])
            || !ByCountry.TryGetValue(text.Slice(start, 2), out var length)
        )
        {
            return -1;
        }

        Span<char> number = stackalloc char[MaxCharacters];
        var end = start;
        for (var count = 0; count < length; count++)
        {
            end += count > 0 && end < text.Length && NumberText.IsGap(text[end]) ? 1 : 0;
            if (end >= text.Length || !char.IsAsciiLetterOrDigit(text[end]))
            {
                return -1;
            }

            number[count] = text[end++];
        }

        return !NumberText.IsDigitAt(text, end) && HasCheckDigits(number[..length]) ? end : -1;
    }

    /// <param name="number">Begins and ends with a number that <see cref="FindEnd"/> found.</param>
    public static string Mask(ReadOnlySpan<char> number)
    {
        Span<char> last = stackalloc char[Shown];
        var place = Shown;
        for (var i = number.Length - 1; place > 0; i--)
        {
            if (!NumberText.IsGap(number[i]))
            {
                last[--place] = number[i];
            }
        }

        return $"{char.ToUpperInvariant(number[0])}{char.ToUpperInvariant(number[1])}** **** {last}";
    }

    // ISO/IEC 7064 MOD 97-10: the first four characters count as the last, and letters are 10 to 35.
    private static bool HasCheckDigits(ReadOnlySpan<char> number)
    {
        var rest = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var c = number[(i + 4) % number.Length];
            rest = char.IsAsciiDigit(c)
                ? ((rest * 10) + (c - '0')) % 97
                : ((rest * 100) + (char.ToUpperInvariant(c) - 'A' + 10)) % 97;
        }

        return rest == 1;
    }
}
