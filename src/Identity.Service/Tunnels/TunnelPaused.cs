using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelPaused(Tunnel Tunnel, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.TunnelPaused;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Tunnel.Id.Value);
        json.WriteString("domain", Tunnel.Domain);
        WriteOptional(json, "reason", Reason);
    }
}
