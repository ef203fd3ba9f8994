using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An agent was disconnected or revoked.</summary>
internal sealed record AgentAudited(
    string Name,
    AuditOrigin Origin,
    string OrganizationId,
    AgentEnrollmentRecord Agent,
    string? Reason
)
    : AuditEvent(
        Name,
        Origin,
        OrganizationId,
        [new("tunnel", Agent.TunnelId.Value), new("agent", Agent.Id.Value)],
        [
            ("agent_id", Agent.Id.Value),
            ("tunnel_id", Agent.TunnelId.Value),
            ("instance_id", Agent.InstanceId),
            ("serial", Agent.Serial),
            ("reason", Reason),
        ]
    );
