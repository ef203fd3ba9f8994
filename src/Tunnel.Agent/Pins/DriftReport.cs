using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Lists the differences between a server's definitions and their pins, for reports to the service.</summary>
internal static class DriftReport
{
    /// <summary>The maximum number of differences in one report, over all routes.</summary>
    public const int MaxReported = 100;

    private const int MaxNameCharacters = 200;

    /// <summary>Returns the differences of a route, the oldest first; null if there are none.</summary>
    /// <param name="room">
    /// How many differences the report can still hold. This method subtracts those that it returns.
    /// </param>
    public static IReadOnlyList<AgentReportDrift>? List(RoutePins pins, ref int room)
    {
        var found = pins
            .State.Drifts.Where(drift => pins.Covers(drift.Key.Kind))
            .OrderBy(drift => drift.Since)
            .ThenBy(drift => drift.Key.Kind)
            .ThenBy(drift => drift.Key.Name, StringComparer.Ordinal)
            .Take(room)
            .Select(drift => new AgentReportDrift(
                Kind: drift.Key.KindName,
                Name: drift.Key.Name.Length > MaxNameCharacters ? drift.Key.Name[..MaxNameCharacters] : drift.Key.Name,
                Classes: DriftClasses.Format(drift.Classes),
                Action: pins.DescribeAction(drift),
                Observed: drift.Observed?.Digest ?? "",
                Since: drift.Since.UtcDateTime
            ))
            .ToList();
        room -= found.Count;
        return found.Count > 0 ? found : null;
    }
}
