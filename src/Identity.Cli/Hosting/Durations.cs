using System.CommandLine.Parsing;
using System.Globalization;

namespace Culvert.Identity.Cli.Hosting;

/// <summary>Durations in Culvert's notation: <c>500ms 30s 5m 24h 90d</c>.</summary>
internal static class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.Length - text.TrimStart([.. "0123456789"]).Length;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        long? unit = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        };
        if (unit is not { } ticks || count > TimeSpan.MaxValue.Ticks / ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks(count * ticks);
        return true;
    }

    public static Func<ArgumentResult, TimeSpan> Parser(TimeSpan least, TimeSpan most) =>
        argument =>
        {
            var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
            if (TryParse(text, out var duration) && duration >= least && duration <= most)
            {
                return duration;
            }

            argument.AddError(
                $"'{text}' is not a duration from {Show(least)} to {Show(most)}; write 500ms, 30s, 5m, 24h or 90d"
            );
            return default;
        };

    /// <summary>For people: whole units, the largest that yields at least two.</summary>
    public static string Rounded(TimeSpan duration) =>
        duration switch
        {
            { TotalDays: >= 2 } => FormattableString.Invariant($"{Math.Round(duration.TotalDays)} days"),
            { TotalHours: >= 2 } => FormattableString.Invariant($"{Math.Round(duration.TotalHours)} h"),
            { TotalMinutes: >= 2 } => FormattableString.Invariant($"{Math.Round(duration.TotalMinutes)} min"),
            _ => FormattableString.Invariant($"{Math.Round(duration.TotalSeconds)} s"),
        };

    private static string Show(TimeSpan duration) =>
        (duration.TotalSeconds < 1, duration.TotalMinutes < 1, duration.TotalHours < 1, duration.TotalDays < 1) switch
        {
            (true, _, _, _) => FormattableString.Invariant($"{duration.TotalMilliseconds}ms"),
            (_, true, _, _) => FormattableString.Invariant($"{duration.TotalSeconds}s"),
            (_, _, true, _) => FormattableString.Invariant($"{duration.TotalMinutes}m"),
            (_, _, _, true) => FormattableString.Invariant($"{duration.TotalHours}h"),
            _ => FormattableString.Invariant($"{duration.TotalDays}d"),
        };
}
