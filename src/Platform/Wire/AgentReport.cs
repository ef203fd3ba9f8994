using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/reports</c>: what the agent has applied, as an acknowledgement (S17).</summary>
/// <param name="Revision">Revision of the feed in force.</param>
/// <param name="Usage">Usage since the last report; null: none, or usage is not counted.</param>
/// <param name="Doctor">The last findings of the agent's own checks; null before the first.</param>
/// <param name="AuditAlarm">
/// <c>fork</c>, <c>rollback</c> or <c>signature</c> in the service's audit checkpoints; null: none.
/// </param>
/// <param name="Leaving">This is the last report: the agent stops, and the service need not wait for it.</param>
/// <param name="StaticSecrets">
/// The secrets of its configuration that only a person replaces; null if there are none, and from agents that do not send them.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReport(
    long Revision,
    AgentReportEpochs Epochs,
    AgentReportSerials Serials,
    string Version,
    IReadOnlyList<AgentReportRoute> Routes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AgentReportUsage? Usage = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AgentReportDoctor? Doctor = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AuditAlarm = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Leaving = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<AgentReportSecret>? StaticSecrets = null
);
