using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>An enrolment with an instance id that belongs to another principal.</summary>
internal sealed record AgentInstanceRefused(TunnelId TunnelId, InstanceId Instance) : AuditEvent
{
    public override string Name => AuditEvents.AgentInstanceRefused;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", TunnelId.Value);
        json.WriteString("instance_id", Instance.Value);
    }
}
