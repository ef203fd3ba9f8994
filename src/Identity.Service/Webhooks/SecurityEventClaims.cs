using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// The claims of a security event token (RFC 8417 §2.2). They are stored with the delivery, so that every attempt sends
/// the same token, signed again.
/// </summary>
internal static class SecurityEventClaims
{
    // Event types of the service are URIs below its own documentation.
    private const string Namespace = "/docs/security-events#";

    /// <param name="id">The <c>jti</c>: the id of the delivery.</param>
    public static AuditData Create(string publicUrl, string audience, string id, SecurityNotice notice)
    {
        var issuedAt = notice.At.ToUnixTimeSeconds();
        // A revocation covers tokens of nodes whose clock is ahead. Receivers refuse an event of the future.
        var occurredAt = Math.Min(notice.OccurredAt.ToUnixTimeSeconds(), issuedAt);
        // CAEP 1.0 §2.
        var time = notice.Type == SecurityNoticeType.SessionRevoked ? (object)occurredAt : null;
        AuditData payload = [.. AuditData.Optional("event_timestamp", time), .. notice.Payload];
        return
        [
            // Of the organization: its administrators name the subjects, which may be people of another one.
            ("iss", OrganizationIssuer.GetUrl(publicUrl, notice.OrganizationId)),
            ("aud", audience),
            ("iat", issuedAt),
            ("jti", id),
            .. AuditData.Optional("toe", occurredAt == issuedAt ? null : occurredAt),
            ("sub_id", notice.Subject),
            ("events", AuditData.Create([(GetUri(publicUrl, notice.Type), payload)])),
        ];
    }

    /// <summary>The last segment of the type's URI.</summary>
    public static string GetName(SecurityNoticeType type) =>
        type switch
        {
            SecurityNoticeType.Verification => "verification",
            SecurityNoticeType.SessionRevoked => "session-revoked",
            SecurityNoticeType.AccountDisabled => "account-disabled",
            SecurityNoticeType.TokenRevoked => "token-revoked",
            SecurityNoticeType.AgentRevoked => "agent-revoked",
            SecurityNoticeType.AgentInstanceRefused => "agent-instance-refused",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The notice has no event type."),
        };

    private static string GetUri(string publicUrl, SecurityNoticeType type) =>
        type switch
        {
            SecurityNoticeType.Verification => SignalEvents.Ssf,
            SecurityNoticeType.SessionRevoked => SignalEvents.Caep,
            SecurityNoticeType.AccountDisabled => SignalEvents.Risc,
            _ => publicUrl + Namespace,
        } + GetName(type);
}
