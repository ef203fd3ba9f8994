using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityArchived(ClientAuthority Authority, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.ClientAuthorityArchived;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Authority.TunnelId.Value);
        json.WriteString("client_certificate_authority_id", Authority.Id.Value);
        json.WriteString("certificate_fingerprint", Authority.Fingerprint);
        WriteOptional(json, "reason", Reason);
    }
}
