using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Reads a command's <c>response_timeout</c>.</summary>
internal static partial class ResponseTimeout
{
    /// <summary>
    /// A whole number and its unit. Null for any other text, and for what exceeds 64 bits of nanoseconds: the protocol says
    /// that such a command has no deadline.
    /// </summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is not { Length: <= 32 } || Pattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var nanoseconds =
            decimal.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            * match.Groups[2].Value switch
            {
                "ns" => 1m,
                "us" => 1_000m,
                "ms" => 1_000_000m,
                "s" => 1_000_000_000m,
                "m" => 60_000_000_000m,
                _ => 3_600_000_000_000m,
            };
        return nanoseconds <= long.MaxValue ? TimeSpan.FromTicks((long)(nanoseconds / 100)) : null;
    }

    [GeneratedRegex("^([0-9]{1,19})(ns|us|ms|s|m|h)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
