using System.Globalization;
using System.Text;

namespace Culvert.Platform.Wire;

/// <summary>Escapes characters of a call's texts that could mislead the person who approves the call.</summary>
public static class VisibleText
{
    /// <summary>Writes such a character as <c>\u202e</c>, one escape for each UTF-16 unit.</summary>
    public static string Escape(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnseen))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsUnseen(rune))
            {
                escaped.Append(rune.ToString());
                continue;
            }

            foreach (var unit in rune.ToString())
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Whether a character is invisible or changes the display of others: control and format characters, blanks other
    /// than the space, Unicode's Default_Ignorable_Code_Point, and letters and symbols that are drawn empty.
    /// </summary>
    public static bool IsUnseen(Rune rune) =>
        rune.Value != ' '
        && (
            Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.SpaceSeparator
            || IsDrawnEmpty(rune.Value)
        );

    // Characters of the letter, mark and symbol categories: fillers, variation selectors, and the blank Braille pattern.
    private static bool IsDrawnEmpty(int value) =>
        value
            is 0x034F
                or 0x115F
                or 0x1160
                or 0x17B4
                or 0x17B5
                or (>= 0x180B and <= 0x180F)
                or 0x2800
                or 0x3164
                or (>= 0xFE00 and <= 0xFE0F)
                or 0xFFA0
                or 0x16FE4
                or 0x1D159
                or (>= 0xE0000 and <= 0xE0FFF);
}
