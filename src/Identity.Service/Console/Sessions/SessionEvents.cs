using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Console.Sessions;

internal static class SessionEvents
{
    public static AuditEvent SignedIn(AuditCause cause, ConsoleSession session) =>
        new(
            AuditEvents.ConsoleSignedIn,
            new AuditOrigin(session.CreatedAt, cause),
            session.OrganizationId,
            [],
            [
                ("session_id", session.Id),
                ("name", session.Name),
                ("admin_key_id", session.AdminKeyId),
                ("expires_at", session.ExpiresAt),
                ("roles", session.Roles),
            ]
        );

    /// <summary>The identity provider authenticated a person to whom no role is mapped.</summary>
    public static AuditEvent Refused(AuditCause cause, ConsoleSession session) =>
        new(
            AuditEvents.ConsoleSignInRefused,
            new AuditOrigin(session.CreatedAt, cause),
            session.OrganizationId,
            [],
            [("name", session.Name)]
        )
        {
            Status = AuditStatus.Denied(ConsoleErrors.NoRole.Code),
        };

    public static AuditEvent SignedOut(AuditOrigin origin, ConsoleSession session) =>
        new(AuditEvents.ConsoleSignedOut, origin, session.OrganizationId, [], [("session_id", session.Id)]);
}
