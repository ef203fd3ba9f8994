using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityAdded(ClientAuthority Authority) : AuditEvent
{
    public override string Name => AuditEvents.ClientAuthorityAdded;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Authority.TunnelId.Value);
        json.WriteString("client_certificate_authority_id", Authority.Id.Value);
        json.WriteString("certificate_fingerprint", Authority.Fingerprint);
        json.WriteString("identities", string.Join(' ', Authority.Identities));
        json.WriteString("expires_at", Authority.ExpiresAt.UtcDateTime);
    }
}
