using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed record AgentRevoked(AgentEnrollmentRecord Agent, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.AgentRevoked;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("agent_id", Agent.Id.Value);
        json.WriteString("tunnel_id", Agent.TunnelId.Value);
        json.WriteString("instance_id", Agent.InstanceId);
        WriteOptional(json, "serial", Agent.Serial);
        WriteOptional(json, "reason", Reason);
    }
}
