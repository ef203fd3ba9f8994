using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/reports</c>: what the agent has taken into use. It counts as acknowledgement (S17).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReport
{
    /// <summary>Revision of the feed in force.</summary>
    [JsonPropertyName("revision")]
    public required long Revision { get; init; }

    [JsonPropertyName("epochs")]
    public required AgentReportEpochs Epochs { get; init; }

    [JsonPropertyName("serials")]
    public required AgentReportSerials Serials { get; init; }

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    [JsonPropertyName("routes")]
    public required IReadOnlyList<AgentReportRoute> Routes { get; init; }

    /// <summary>What was called since the last report; null = nothing, or nothing that is counted.</summary>
    [JsonPropertyName("usage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportUsage? Usage { get; init; }

    /// <summary>What the agent's own checks found last; null before the first, and from agents that do not say.</summary>
    [JsonPropertyName("doctor")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportDoctor? Doctor { get; init; }

    /// <summary>
    /// The agent's checkpoints of the service's audit contradict each other: <c>fork</c>, <c>rollback</c> or
    /// <c>signature</c>; null = they agree.
    /// </summary>
    [JsonPropertyName("audit_alarm")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AuditAlarm { get; init; }

    /// <summary>This is its last word: it stops, and nothing needs to wait for it any more.</summary>
    [JsonPropertyName("leaving")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Leaving { get; init; }
}
