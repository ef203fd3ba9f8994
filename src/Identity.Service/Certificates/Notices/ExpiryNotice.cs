using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>A certificate or authority expires in that many days, and has no replacement.</summary>
internal sealed record ExpiryNotice(AuditOrigin Origin, ExpiringSubject Subject, int Days)
    : AuditEvent(
        AuditEvents.ExpiryNotice,
        Origin,
        Subject.OrganizationId,
        [new(Subject.Type, Subject.Id)],
        [
            ("subject_type", Subject.Type),
            ("subject_id", Subject.Id),
            ("name", Subject.Name),
            ("tunnel_id", Subject.TunnelId),
            ("not_after", Subject.NotAfter),
            ("threshold_days", Days),
        ]
    );
