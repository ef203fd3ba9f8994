using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.LongPoll;

internal static partial class ResponseTimeout
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Null if malformed, or above 64 bits of nanoseconds: by the protocol there is no deadline then.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is not { Length: <= 32 } || Pattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var unit = match.Groups[2].Value switch
        {
            "ns" => 1L,
            "us" => 1_000L,
            "ms" => 1_000_000L,
            "s" => 1_000_000_000L,
            "m" => 60_000_000_000L,
            _ => 3_600_000_000_000L,
        };
        return
            ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= (ulong)(long.MaxValue / unit)
            ? TimeSpan.FromTicks((long)number * unit / NanosecondsPerTick)
            : null;
    }

    [GeneratedRegex("^([0-9]{1,19})(ns|us|ms|s|m|h)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
