namespace Culvert.Identity.Service.Events;

/// <summary>A withdrawal of access that receivers of security event tokens (RFC 8417) are notified of.</summary>
/// <param name="Subject">What lost access: a subject identifier of RFC 9493.</param>
/// <param name="Payload">The members of the event.</param>
/// <param name="At">When it was decided.</param>
/// <param name="OccurredAt">What was granted until then is withdrawn.</param>
internal sealed record SecurityNotice(
    SecurityNoticeType Type,
    string OrganizationId,
    AuditData Subject,
    AuditData Payload,
    DateTimeOffset At,
    DateTimeOffset OccurredAt
)
{
    /// <summary>RFC 9493 §3.2.3: a person at an identity provider.</summary>
    public static AuditData IssuerSubject(string issuer, string subject) =>
        [("format", "iss_sub"), ("iss", issuer), ("sub", subject)];

    /// <summary>RFC 9493 §3.2.4: an identifier of the service.</summary>
    public static AuditData Opaque(string id) => [("format", "opaque"), ("id", id)];
}
