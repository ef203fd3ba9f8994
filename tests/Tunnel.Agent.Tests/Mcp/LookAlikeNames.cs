using System.Globalization;
using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>Names that a lenient reader takes for another name.</summary>
internal static class LookAlikeNames
{
    /// <summary>
    /// Characters that some readers leave out or stop at: U+0000 to U+00FF without letters and digits, everything that
    /// separates or cannot be seen, and fillers. Those that names of MCP have are not among them.
    /// </summary>
    public static readonly IReadOnlyList<string> Dropped =
    [
        .. Enumerable
            .Range(0, 0x110000)
            .Where(Rune.IsValid)
            .Select(value => new Rune(value))
            .Where(IsDropped)
            .Select(rune => rune.ToString()),
    ];

    /// <summary>A name with each such character before it, inside it and behind it, and in other cases.</summary>
    public static IEnumerable<string> Of(string name) =>
        Dropped
            .SelectMany(dropped => new[] { dropped + name, name.Insert(1, dropped), name + dropped })
            .Concat([name + "\0\0", name.ToUpperInvariant(), char.ToUpperInvariant(name[0]) + name[1..]])
            .Concat([name.Replace('s', '\u017F'), name.Replace('k', '\u212A'), name.Replace('i', '\u0131')])
            .Concat([name.Replace('i', '\u0130'), new string([.. name.Select(ToFullwidth)])])
            .Where(variant => variant != name);

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800
        || (rune.Value < 0x100 && !Rune.IsLetterOrDigit(rune) && rune.Value is not ('_' or '/' or '.' or '-'))
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    private static char ToFullwidth(char letter) =>
        char.IsAsciiLetterOrDigit(letter) ? (char)(letter + 0xFEE0) : letter;
}
