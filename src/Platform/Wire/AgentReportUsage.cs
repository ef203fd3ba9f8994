using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Usage since the previous part. A repeated part counts once: run and sequence identify it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUsage
{
    /// <summary>Identifies this start of the agent.</summary>
    public required string Run { get; init; }

    /// <summary>Counts the parts of a run, from 1.</summary>
    public required long Sequence { get; init; }

    public required IReadOnlyList<AgentReportUse> Entries { get; init; }

    /// <summary>The same calls by minute; null from agents that do not send them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportMinute>? Minutes { get; init; }
}
