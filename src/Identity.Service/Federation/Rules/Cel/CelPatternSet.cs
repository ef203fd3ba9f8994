namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelPatternSet
{
    public const int MaxCodePoint = 0x10FFFF;

    public static readonly CelPatternSet Digits = new([('0', '9')]);

    public static readonly CelPatternSet Words = new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    // RE2: [\t\n\f\r ].
    public static readonly CelPatternSet Blanks = new([('\t', '\n'), ('\f', '\r'), (' ', ' ')]);

    public static readonly CelPatternSet AllButNewLine = new CelPatternSet([('\n', '\n')]).Complement();

    private readonly (int First, int Last)[] ranges;

    public CelPatternSet(IEnumerable<(int First, int Last)> ranges)
    {
        var sorted = new List<(int First, int Last)>();
        foreach (var (first, last) in ranges.Order())
        {
            if (sorted.Count > 0 && first <= sorted[^1].Last + 1)
            {
                sorted[^1] = (sorted[^1].First, Math.Max(sorted[^1].Last, last));
            }
            else
            {
                sorted.Add((first, last));
            }
        }

        this.ranges = [.. sorted];
    }

    public IReadOnlyList<(int First, int Last)> Ranges => ranges;

    public int? Single => ranges is [var (first, last)] && first == last ? first : null;

    public static CelPatternSet From(int code) => new([(code, code)]);

    public CelPatternSet Complement()
    {
        var result = new List<(int, int)>();
        var from = 0;
        foreach (var (first, last) in ranges)
        {
            if (first > from)
            {
                result.Add((from, first - 1));
            }

            from = last + 1;
        }

        if (from <= MaxCodePoint)
        {
            result.Add((from, MaxCodePoint));
        }

        return new CelPatternSet(result);
    }

    public bool Contains(int code)
    {
        foreach (var (first, last) in ranges)
        {
            if (code <= last)
            {
                return code >= first;
            }
        }

        return false;
    }
}
