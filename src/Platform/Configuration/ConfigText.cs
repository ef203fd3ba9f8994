using System.Globalization;
using System.Text;

namespace Culvert.Platform.Configuration;

/// <summary>The written forms of durations, sizes and rates, and the comparison for "did you mean".</summary>
public static class ConfigText
{
    private const int MaxPrinted = 100;

    private static readonly (string Suffix, TimeSpan Unit)[] DurationUnits =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Suffix, long Unit)[] SizeUnits =
    [
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("", 1),
    ];

    /// <summary>Parses <c>500ms 30s 5m 24h 90d</c>: a whole number and one unit.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        foreach (var (suffix, unit) in DurationUnits)
        {
            if (TryWhole(text, suffix, out var count))
            {
                duration = count <= TimeSpan.MaxValue.Ticks / unit.Ticks ? unit * count : default;
                return count <= TimeSpan.MaxValue.Ticks / unit.Ticks;
            }
        }

        duration = default;
        return false;
    }

    /// <summary>Parses <c>64KiB 1MiB 2GiB</c> or a plain number of bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        foreach (var (suffix, unit) in SizeUnits)
        {
            if (TryWhole(text, suffix, out var count))
            {
                bytes = count <= long.MaxValue / unit ? count * unit : 0;
                return count <= long.MaxValue / unit;
            }
        }

        bytes = 0;
        return false;
    }

    /// <summary>Writes a duration in the largest unit that divides it.</summary>
    public static string Duration(TimeSpan value)
    {
        var (suffix, unit) =
            value == TimeSpan.Zero ? DurationUnits[1] : DurationUnits.Last(u => value.Ticks % u.Unit.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / unit.Ticks}{suffix}");
    }

    /// <summary>Writes a size in the largest unit that divides it.</summary>
    public static string Size(long bytes)
    {
        var (suffix, unit) = SizeUnits
            .Where(u => bytes % u.Unit == 0 && bytes != 0)
            .DefaultIfEmpty(("", 1))
            .MaxBy(u => u.Item2);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{suffix}");
    }

    /// <summary>The candidate that a typing error most likely meant; null when none is close.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(c => (Candidate: c, Distance: Distance(text, c)))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        var limit = Math.Max(2, text.Length / 3);
        return best.Candidate is not null && best.Distance <= limit ? best.Candidate : null;
    }

    /// <summary>
    /// Whether a character changes how others are shown: control characters, line separators, and those that set the
    /// direction of text (UAX #9 §2), which can disguise a name.
    /// </summary>
    public static bool IsUnprintable(char c) =>
        char.IsControl(c)
        || c
            is '\u061C'
                or '\u200E'
                or '\u200F'
                or '\u2028'
                or '\u2029'
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2066' and <= '\u2069');

    /// <summary>A value on one line of a terminal, without characters that change how it is shown.</summary>
    public static string Printable(string value, int max = MaxPrinted)
    {
        var text = new StringBuilder();
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, max)))
        {
            text.Append(IsUnprintable(c) ? '\uFFFD' : c);
        }

        return value.Length > max ? text.Append('…').ToString() : text.ToString();
    }

    private static bool TryWhole(string text, string suffix, out long count)
    {
        count = 0;
        var digits = text.AsSpan(0, Math.Max(0, text.Length - suffix.Length));
        return text.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    // Edit distance with swaps of neighbours, row by row. Keys are short; the limit is only a guard.
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                        rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                    ),
                };
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
