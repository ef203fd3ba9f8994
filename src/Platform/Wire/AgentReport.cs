using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/reports</c>: what the agent has applied, as an acknowledgement (S17).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReport
{
    /// <summary>Revision of the feed in force.</summary>
    public required long Revision { get; init; }

    public required AgentReportEpochs Epochs { get; init; }

    public required AgentReportSerials Serials { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<AgentReportRoute> Routes { get; init; }

    /// <summary>Usage since the last report; null: none, or usage is not counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportUsage? Usage { get; init; }

    /// <summary>The last findings of the agent's own checks; null before the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportDoctor? Doctor { get; init; }

    /// <summary><c>fork</c>, <c>rollback</c> or <c>signature</c> in the service's audit checkpoints; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AuditAlarm { get; init; }

    /// <summary>This is the last report: the agent stops, and the service need not wait for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Leaving { get; init; }
}
