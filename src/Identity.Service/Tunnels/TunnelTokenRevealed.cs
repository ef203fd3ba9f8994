using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelTokenRevealed(Tunnel Tunnel, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.TunnelTokenRevealed;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Tunnel.Id.Value);
        json.WriteString("tunnel_token_id", Tunnel.TokenId.Value);
        WriteOptional(json, "reason", Reason);
    }
}
