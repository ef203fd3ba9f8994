using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelTokenRotated(Tunnel Tunnel, TunnelTokenId NewTokenId, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.TunnelTokenRotated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Tunnel.Id.Value);
        json.WriteString("tunnel_token_id", NewTokenId.Value);
        json.WriteString("replaced_tunnel_token_id", Tunnel.TokenId.Value);
        WriteOptional(json, "reason", Reason);
    }
}
