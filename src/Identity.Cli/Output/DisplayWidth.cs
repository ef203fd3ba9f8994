using System.Globalization;
using System.Text;

namespace Culvert.Identity.Cli.Output;

internal static class DisplayWidth
{
    /// <summary>Wide and fullwidth characters (Unicode annex 11), and emoji, by block.</summary>
    private static readonly (int First, int Last)[] TwoPlaces =
    [
        (0x1100, 0x115F),
        (0x2E80, 0x303E),
        (0x3041, 0x4DBF),
        (0x4E00, 0xA4CF),
        (0xA960, 0xA97F),
        (0xAC00, 0xD7A3),
        (0xF900, 0xFAFF),
        (0xFE30, 0xFE6F),
        (0xFF01, 0xFF60),
        (0xFFE0, 0xFFE6),
        (0x1F300, 0x1F64F),
        (0x1F680, 0x1F6FF),
        (0x1F900, 0x1F9FF),
        (0x1FA70, 0x1FAFF),
        (0x20000, 0x3FFFD),
    ];

    public static int Measure(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Measure(rune);
        }

        return width;
    }

    public static int Measure(Rune rune) =>
        IsJoined(rune) ? 0
        : Array.Exists(TwoPlaces, block => block.First <= rune.Value && rune.Value <= block.Last) ? 2
        : 1;

    // Combined with the character before it, or invisible.
    private static bool IsJoined(Rune rune) =>
        !rune.IsAscii
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format;
}
