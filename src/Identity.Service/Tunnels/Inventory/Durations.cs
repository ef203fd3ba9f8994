using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal static class Durations
{
    /// <summary>An estimate in milliseconds, interpolated within a bound, at most the last bound. Null = no call.</summary>
    /// <param name="counts">One for each bound, and one for longer calls.</param>
    /// <param name="quantile">0 to 1.</param>
    public static double? FindQuantile(IReadOnlyList<long> counts, double quantile)
    {
        var rank = counts.Sum() * quantile;
        var (below, lower) = (0L, 0);
        for (var place = 0; place < AgentReportMinute.DurationBounds.Count; place++)
        {
            var (count, upper) = (counts[place], AgentReportMinute.DurationBounds[place]);
            if (count > 0 && below + count >= rank)
            {
                return Math.Round(lower + (upper - lower) * (rank - below) / count, 1);
            }

            (below, lower) = (below + count, upper);
        }

        return counts[^1] > 0 ? lower : null;
    }
}
