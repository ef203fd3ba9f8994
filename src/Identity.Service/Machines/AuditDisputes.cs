using System.Collections.Concurrent;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Records agents' alarms about this service's audit (S30). An attacker who changed the database can change this record too:
/// the evidence is in the agents' own logs, metrics and files.
/// </summary>
internal sealed class AuditDisputes(TimeProvider time, ILogger<AuditDisputes> logger)
{
    // An agent repeats its alarm in every report; it is audited once.
    private readonly ConcurrentDictionary<(string TunnelId, string InstanceId), string> reported = new();

    public static bool IsKnown(string? alarm) =>
        alarm is null or CheckpointAlarm.Fork or CheckpointAlarm.Rollback or CheckpointAlarm.Signature;

    /// <summary>The audit entry for an agent's report; null if it contains nothing new.</summary>
    public AuditEvent? Find(ApiRequest request, AgentReport report)
    {
        var peer = request.Peer;
        var agent = (peer.TunnelId!, peer.InstanceId!);
        if (report.AuditAlarm is not { } alarm)
        {
            reported.TryRemove(agent, out _);
            return null;
        }

        if (reported.TryGetValue(agent, out var known) && known == alarm)
        {
            return null;
        }

        reported[agent] = alarm;
        ServiceMeters.AuditDisputes.Add(1, new KeyValuePair<string, object?>("reason", alarm));
        Audit.Log.Disputed(logger, peer.SpiffeId, alarm);
        return MachineEvents.AuditDisputed(AuditOrigin.From(peer, request, time.GetUtcNow()), peer, alarm);
    }
}
