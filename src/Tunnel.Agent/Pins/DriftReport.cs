using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The differences from pins, for reports to the service.</summary>
internal static class DriftReport
{
    /// <summary>The limit of all routes together.</summary>
    public const int MaxReported = 100;

    private const int MaxName = 200;

    /// <summary>The differences of a route, the oldest first; null without any.</summary>
    /// <param name="room">The remaining room in the report; reduced by the number of returned differences.</param>
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
                Name: drift.Key.Name.Length > MaxName ? drift.Key.Name[..MaxName] : drift.Key.Name,
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
