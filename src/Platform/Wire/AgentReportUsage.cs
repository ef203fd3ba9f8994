using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Usage since the previous part. A repeated part counts once: run and sequence identify it.</summary>
/// <param name="Run">Identifies this start of the agent.</param>
/// <param name="Sequence">Counts the parts of a run, from 1.</param>
/// <param name="Minutes">The same calls by minute; null from agents that do not send them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportUsage(
    string Run,
    long Sequence,
    IReadOnlyList<AgentReportUse> Entries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<AgentReportMinute>? Minutes = null
);
