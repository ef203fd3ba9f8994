using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>What an agent served in one minute, over all its routes and tunnels.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportMinute
{
    /// <summary>Minutes of one part at most; an agent that could not report for longer omits the oldest.</summary>
    public const int MaxPerReport = 60;

    /// <summary>Upper bounds of <see cref="Durations"/> in milliseconds, included; one more entry counts what took longer.</summary>
    public static IReadOnlyList<int> DurationBounds { get; } = [5, 10, 25, 50, 100, 250, 500, 1000, 5000];

    /// <summary>Its beginning, in UTC. A call counts in the minute in which it ended.</summary>
    [JsonPropertyName("at")]
    public required DateTime At { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>Those of the calls that were denied or refused.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    /// <summary>Bytes of requests; on routes whose policy is off, as far as requests announced them.</summary>
    [JsonPropertyName("request_bytes")]
    public required long RequestBytes { get; init; }

    /// <summary>The same of responses.</summary>
    [JsonPropertyName("response_bytes")]
    public required long ResponseBytes { get; init; }

    /// <summary>
    /// How many calls took how long, by <see cref="DurationBounds"/>: those that a server responded to, without streams
    /// that stay open.
    /// </summary>
    [JsonPropertyName("durations")]
    public required IReadOnlyList<long> Durations { get; init; }
}
