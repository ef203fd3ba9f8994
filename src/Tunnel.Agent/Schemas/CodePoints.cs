using System.Collections.Concurrent;
using System.Globalization;

namespace Culvert.Tunnel.Agent.Schemas;

internal sealed class CodePoints
{
    public const int Last = 0x10FFFF;

    // In the order of UnicodeCategory (Unicode Standard §4.5).
    private static readonly string[] Categories =
    [
        .. "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".Split(' '),
    ];

    private static readonly ConcurrentDictionary<string, CodePoints> OfCategories = new(StringComparer.Ordinal);

    private CodePoints(IEnumerable<(int From, int To)> ranges) => Ranges = Merge(ranges);

    public static CodePoints None { get; } = new([]);

    /// <summary>ECMA-262 §22.2.1, CharacterClassEscape: <c>\d</c>.</summary>
    public static CodePoints Digits { get; } = new([('0', '9')]);

    /// <summary><c>\w</c> without the flag i: only ASCII.</summary>
    public static CodePoints Word { get; } = new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    /// <summary>ECMA-262 §12.3: LineTerminator, which <c>.</c> does not match.</summary>
    public static CodePoints LineEnds { get; } = new([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]);

    /// <summary>ECMA-262 §12.2 and §12.3: <c>\s</c>.</summary>
    public static CodePoints Space { get; } =
        new([
            ('\t', '\r'),
            (' ', ' '),
            (0xA0, 0xA0),
            (0x1680, 0x1680),
            (0x2000, 0x200A),
            (0x2028, 0x2029),
            (0x202F, 0x202F),
            (0x205F, 0x205F),
            (0x3000, 0x3000),
            (0xFEFF, 0xFEFF),
        ]);

    /// <summary>Sorted, and without adjacent ranges.</summary>
    public IReadOnlyList<(int From, int To)> Ranges { get; }

    public static CodePoints Range(int from, int to) => new([(from, to)]);

    /// <summary>A general category by its short name, such as <c>L</c> or <c>Lu</c>; null: the name is unknown.</summary>
    public static CodePoints? FindCategory(string name)
    {
        bool IsIn(string category) =>
            name == "LC" ? category is "Lu" or "Ll" or "Lt" : category.StartsWith(name, StringComparison.Ordinal);

        return name.Length is not (1 or 2) || !Categories.Any(IsIn)
            ? null
            : OfCategories.GetOrAdd(
                name,
                _ => new CodePoints(
                    Enumerable
                        .Range(0, Last + 1)
                        .Where(one => IsIn(Categories[(int)CharUnicodeInfo.GetUnicodeCategory(one)]))
                        .Select(one => (one, one))
                )
            );
    }

    public CodePoints With(CodePoints other) => new([.. Ranges, .. other.Ranges]);

    public CodePoints Negate()
    {
        var rest = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in Ranges)
        {
            if (from > next)
            {
                rest.Add((next, from - 1));
            }

            next = to + 1;
        }

        return new CodePoints(next <= Last ? [.. rest, (next, Last)] : rest);
    }

    private static List<(int From, int To)> Merge(IEnumerable<(int From, int To)> ranges)
    {
        var merged = new List<(int From, int To)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && range.From <= merged[^1].To + 1)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, range.To));
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }
}
