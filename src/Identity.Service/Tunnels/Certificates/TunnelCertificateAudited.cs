using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>A change of the trust bundle; one that is requested waits for a second administrator (S16).</summary>
internal sealed record TunnelCertificateAudited(
    string Name,
    AuditOrigin Origin,
    string OrganizationId,
    RegisteredCertificate Certificate,
    AuditData Details
)
    : AuditEvent(
        Name,
        Origin,
        OrganizationId,
        [new("tunnel", Certificate.TunnelId.Value), new("tunnel_certificate", Certificate.Id.Value)],
        [
            ("tunnel_id", Certificate.TunnelId.Value),
            ("tunnel_certificate_id", Certificate.Id.Value),
            ("certificate_fingerprint", Certificate.Fingerprint),
            .. Details,
        ]
    )
{
    public static TunnelCertificateAudited Added(
        AuditOrigin origin,
        Tunnel tunnel,
        RegisteredCertificate certificate
    ) =>
        new(
            AuditEvents.TunnelCertificateAdded,
            origin,
            tunnel.OrganizationId,
            certificate,
            [("expires_at", certificate.ExpiresAt), ("requested_by", certificate.Pending?.RequestedBy)]
        );

    /// <param name="certificate">With the pending change.</param>
    public static TunnelCertificateAudited ChangeRequested(
        AuditOrigin origin,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string? reason
    ) =>
        new(
            certificate.Pending!.Kind == PendingChange.Addition
                ? AuditEvents.TunnelCertificateAdditionRequested
                : AuditEvents.TunnelCertificateRemovalRequested,
            origin,
            tunnel.OrganizationId,
            certificate,
            [("expires_at", certificate.ExpiresAt), ("reason", reason)]
        );

    public static TunnelCertificateAudited Revoked(
        AuditOrigin origin,
        Tunnel tunnel,
        RegisteredCertificate certificate,
        string? reason
    ) =>
        new(
            AuditEvents.TunnelCertificateRevoked,
            origin,
            tunnel.OrganizationId,
            certificate,
            [("reason", reason), ("requested_by", certificate.Pending?.RequestedBy)]
        );
}
