using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Machines;

/// <summary>An agent holds checkpoints of this audit that contradict each other (S30).</summary>
internal sealed record AuditDisputed(string TunnelId, string InstanceId, string Reason) : AuditEvent
{
    public override string Name => AuditEvents.AuditCheckpointDisputed;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", TunnelId);
        json.WriteString("instance_id", InstanceId);
        json.WriteString("reason", Reason);
    }
}
