using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

internal static class MachineEvents
{
    /// <summary>An agent holds checkpoints of this audit that contradict each other (S30).</summary>
    public static AuditEvent AuditDisputed(AuditOrigin origin, MachinePeer agent, string reason) =>
        About(AuditEvents.AuditCheckpointDisputed, origin, agent, reason, []);

    /// <summary>An agent signed a checkpoint of its record of calls that contradicts an earlier one.</summary>
    /// <param name="reason"><c>fork</c>, <c>rollback</c> or <c>signature</c>.</param>
    /// <param name="sequence">The sequence of the record in the checkpoint; null = unreadable.</param>
    /// <param name="head">That record's hash; null = unreadable.</param>
    public static AuditEvent CheckpointDisputed(
        AuditOrigin origin,
        MachinePeer agent,
        string reason,
        long? sequence,
        string? head
    ) =>
        About(
            AuditEvents.AgentCheckpointDisputed,
            origin,
            agent,
            reason,
            sequence is null ? [] : [("sequence", sequence), ("head", head)]
        );

    /// <summary>
    /// An edge reported that it accepted agents by its last feed while it had no contact to the service (S10).
    /// </summary>
    public static AuditEvent ServedOffline(AuditOrigin origin, Edge edge, EdgeReportGrace grace) =>
        new(
            AuditEvents.EdgeServedOffline,
            origin,
            OrganizationId: null,
            [new("edge", edge.Id.Value)],
            [
                ("edge_id", edge.Id.Value),
                ("name", edge.Name),
                ("last_contact", grace.LastContact),
                ("from", grace.From),
                ("to", grace.To),
            ]
        );

    private static AuditEvent About(
        string name,
        AuditOrigin origin,
        MachinePeer agent,
        string reason,
        AuditData data
    ) =>
        new(
            name,
            origin,
            agent.OrganizationId,
            [new("tunnel", agent.TunnelId!)],
            [("tunnel_id", agent.TunnelId), ("instance_id", agent.InstanceId), ("reason", reason), .. data]
        );
}
