using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal static class RevocationListEvents
{
    // The event names this many serial numbers and counts the others.
    private const int MostNamed = 100;

    public static AuditEvent Imported(
        AuditOrigin origin,
        string organizationId,
        ImportedRevocationList list,
        IReadOnlyList<string> removed
    ) =>
        new(
            AuditEvents.RevocationListImported,
            origin,
            organizationId,
            [new("tunnel", list.TunnelId), new("tunnel_certificate", list.RegisteredCertificateId)],
            [
                ("tunnel_certificate_id", list.RegisteredCertificateId),
                ("tunnel_id", list.TunnelId),
                ("number", list.Number),
                ("entries", list.Entries),
                ("next_update", list.NextUpdate),
                ("removed", removed.Count),
                ("removed_serials", removed.Take(MostNamed)),
            ]
        );

    /// <summary>A list was not published because it would have lost or undone an entry. The current one stays.</summary>
    public static AuditEvent Refused(
        AuditOrigin origin,
        string? organizationId,
        StoredRevocationList present,
        CaRefusal refusal
    ) =>
        new(
            AuditEvents.RevocationListRefused,
            origin,
            organizationId,
            [new("certificate_authority", present.CaId)],
            [
                ("certificate_authority_id", present.CaId),
                ("shard", present.Shard),
                ("present_number", present.Number),
                ("message", refusal.Message),
            ]
        )
        {
            Status = AuditStatus.Denied(refusal.Code.Code),
        };
}
