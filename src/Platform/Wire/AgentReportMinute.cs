using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An agent's traffic in one minute, over all its routes and tunnels.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportMinute
{
    /// <summary>The most minutes of one part; an agent that could not report for longer omits the oldest.</summary>
    public const int MaxPerReport = 60;

    /// <summary>Inclusive upper bounds of <see cref="Durations"/> in ms; one more entry counts longer calls.</summary>
    public static IReadOnlyList<int> DurationBounds { get; } = [5, 10, 25, 50, 100, 250, 500, 1000, 5000];

    /// <summary>The start of the minute, in UTC. A call counts in the minute in which it ended.</summary>
    public required DateTime At { get; init; }

    public required long Calls { get; init; }

    /// <summary>Those of the calls that were denied or refused.</summary>
    public required long Denied { get; init; }

    /// <summary>Bytes of requests; on routes whose policy is off, the lengths that requests announced.</summary>
    public required long RequestBytes { get; init; }

    /// <summary>Bytes of responses, counted likewise.</summary>
    public required long ResponseBytes { get; init; }

    /// <summary>Answered calls by <see cref="DurationBounds"/>, without streams that stay open.</summary>
    public required IReadOnlyList<long> Durations { get; init; }
}
