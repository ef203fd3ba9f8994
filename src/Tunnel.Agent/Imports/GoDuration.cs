using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Durations as programs in Go read them: <c>1m30s</c>, <c>1.5h</c>, <c>30000ms</c> (package time, ParseDuration).
/// </summary>
internal static partial class GoDuration
{
    private const int MaxLength = 40;

    /// <summary>Reads a duration that is not negative, rounded up to whole milliseconds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text == "0")
        {
            return true;
        }

        if (text.Length > MaxLength || !Whole().IsMatch(text))
        {
            return false;
        }

        var milliseconds = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            var count = double.Parse(part.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
            milliseconds += count * ToMilliseconds(part.Groups["unit"].Value);
        }

        if (milliseconds > TimeSpan.FromDays(36500).TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Round(milliseconds, 6)));
        return true;
    }

    private static double ToMilliseconds(string unit) =>
        unit switch
        {
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1_000,
            "ms" => 1,
            "ns" => 0.000_001,
            _ => 0.001,
        };

    [GeneratedRegex(
        "^\\+?(?:[0-9]+(?:\\.[0-9]*)?(?:ns|us|µs|μs|ms|s|m|h))+\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Whole();

    [GeneratedRegex("(?<count>[0-9]+(?:\\.[0-9]*)?)(?<unit>ns|us|µs|μs|ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
