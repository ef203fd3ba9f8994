using System.Globalization;
using System.Text;

namespace Culvert.Platform.Wire;

/// <summary>
/// Texts of a call as the person who approves the call must read them: characters that cannot be seen, or that turn around
/// what is seen, are written out.
/// </summary>
public static class VisibleText
{
    /// <summary>Such a character becomes <c>\u202e</c>, one escape for each UTF-16 unit; all others stay.</summary>
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

    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.SpaceSeparator
        && rune.Value != ' ';
}
