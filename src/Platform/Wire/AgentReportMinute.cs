using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An agent's traffic in one minute, over all its routes and tunnels.</summary>
/// <param name="At">The start of the minute, in UTC. A call counts in the minute in which it ended.</param>
/// <param name="Denied">The number of calls that were denied or refused.</param>
/// <param name="RequestBytes">
/// Bytes of requests; on routes whose policy is off, the lengths that requests announced.
/// </param>
/// <param name="ResponseBytes">Bytes of responses, counted likewise.</param>
/// <param name="Durations">Answered calls by <see cref="DurationBounds"/>, without streams that stay open.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportMinute(
    DateTime At,
    long Calls,
    long Denied,
    long RequestBytes,
    long ResponseBytes,
    IReadOnlyList<long> Durations
)
{
    /// <summary>The most minutes of one part; an agent that could not report for longer omits the oldest.</summary>
    public const int MaxPerReport = 60;

    /// <summary>Inclusive upper bounds of <see cref="Durations"/> in ms; one more entry counts longer calls.</summary>
    public static IReadOnlyList<int> DurationBounds { get; } = [5, 10, 25, 50, 100, 250, 500, 1000, 5000];
}
