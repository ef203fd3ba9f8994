using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelCreated(Tunnel Tunnel) : AuditEvent
{
    public override string Name => AuditEvents.TunnelCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Tunnel.Id.Value);
        json.WriteString("domain", Tunnel.Domain);
        WriteOptional(json, "display_name", Tunnel.DisplayName);
        json.WriteString("workspace_id", Tunnel.WorkspaceId);
    }
}
