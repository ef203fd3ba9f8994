using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal static class ClientAuthorityEvents
{
    public static AuditEvent Added(AuditOrigin origin, Tunnel tunnel, ClientAuthority authority) =>
        About(
            AuditEvents.ClientAuthorityAdded,
            origin,
            tunnel,
            authority,
            [("identities", string.Join(' ', authority.Identities)), ("expires_at", authority.ExpiresAt)]
        );

    public static AuditEvent Archived(AuditOrigin origin, Tunnel tunnel, ClientAuthority authority, string? reason) =>
        About(AuditEvents.ClientAuthorityArchived, origin, tunnel, authority, [("reason", reason)]);

    private static AuditEvent About(
        string name,
        AuditOrigin origin,
        Tunnel tunnel,
        ClientAuthority authority,
        AuditData data
    ) =>
        new(
            name,
            origin,
            tunnel.OrganizationId,
            [new("tunnel", authority.TunnelId.Value), new("client_certificate_authority", authority.Id.Value)],
            [
                ("tunnel_id", authority.TunnelId.Value),
                ("client_certificate_authority_id", authority.Id.Value),
                ("certificate_fingerprint", authority.Fingerprint),
                .. data,
            ]
        );
}
