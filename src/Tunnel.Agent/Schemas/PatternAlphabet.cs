using System.Collections;
using System.Text;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// Lets an expression over UTF-16 units match code points. Code points other than printable ASCII that no set of the
/// expression distinguishes are written as one unit, in the expression and in the text. The unit is half a surrogate
/// pair: no well-formed text has it, .NET does not treat it as a letter, so that <c>\b</c> uses ASCII's words, and it is
/// not the line break at the end, which .NET treats specially.
/// </summary>
internal sealed class PatternAlphabet
{
    private const int FirstPlain = ' ';
    private const int LastPlain = '~';
    private const int FirstUnit = 0xD800;
    private const int Units = 0x800;

    private readonly int[] starts; // of intervals of code points; one of them covers all plain ones
    private readonly char[] units; // of each interval
    private readonly Dictionary<CodePoints, SortedSet<char>> ofSets = [];

    /// <exception cref="FormatException">The sets distinguish too many code points.</exception>
    public PatternAlphabet(IEnumerable<CodePoints> sets)
    {
        CodePoints[] all = [.. sets.Distinct()];
        starts =
        [
            .. all.SelectMany(set => set.Ranges)
                .SelectMany(range => new[] { range.From, range.To + 1 })
                .Concat([0, FirstPlain, LastPlain + 1])
                .Where(one => one is <= FirstPlain or > LastPlain and <= CodePoints.Last)
                .Distinct()
                .Order(),
        ];
        var members = FindMembers(all);
        units = new char[starts.Length];
        var known = new Dictionary<string, char>(StringComparer.Ordinal);
        for (var at = 0; at < starts.Length; at++)
        {
            var key = Describe(members[at]);
            if (!known.TryGetValue(key, out units[at]))
            {
                known[key] = units[at] =
                    known.Count < Units ? (char)(FirstUnit + known.Count) : throw new FormatException("Too many sets.");
            }
        }

        for (var i = 0; i < all.Length; i++)
        {
            ofSets[all[i]] =
            [
                .. Enumerable.Range(0, starts.Length).Where(at => members[at][i]).Select(at => units[at]),
            ];
        }
    }

    public void Write(CodePoints set, StringBuilder output)
    {
        var text = new StringBuilder();
        foreach (var (from, to) in set.Ranges)
        {
            var (first, last) = (Math.Max(from, FirstPlain), Math.Min(to, LastPlain));
            if (first <= last)
            {
                text.Append(Escape(first)).Append('-').Append(Escape(last));
            }
        }

        foreach (var unit in ofSets[set])
        {
            text.Append(Escape(unit));
        }

        output.Append(text.Length == 0 ? @"[^\u0000-\uFFFF]" : $"[{text}]");
    }

    public string Translate(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange((char)FirstPlain, (char)LastPlain))
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            output.Append(
                rune.Value is >= FirstPlain and <= LastPlain ? (char)rune.Value : units[FindInterval(rune.Value)]
            );
        }

        return output.ToString();
    }

    // The sets of each interval. The interval of plain code points is in none.
    private BitArray[] FindMembers(CodePoints[] all)
    {
        BitArray[] members = [.. starts.Select(_ => new BitArray(all.Length))];
        for (var i = 0; i < all.Length; i++)
        {
            foreach (var (from, to) in all[i].Ranges)
            {
                Mark(i, from, Math.Min(to, FirstPlain - 1));
                Mark(i, Math.Max(from, LastPlain + 1), to);
            }
        }

        return members;

        void Mark(int set, int from, int to)
        {
            for (var at = FindInterval(from); at < starts.Length && starts[at] <= to; at++)
            {
                members[at][set] = true;
            }
        }
    }

    private static string Describe(BitArray sets) =>
        string.Create(
            sets.Length,
            sets,
            static (text, sets) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = sets[i] ? '1' : '0';
                }
            }
        );

    private static string Escape(int unit) => $"\\u{unit:X4}";

    private int FindInterval(int codePoint)
    {
        var found = Array.BinarySearch(starts, codePoint);
        return found >= 0 ? found : ~found - 1;
    }
}
