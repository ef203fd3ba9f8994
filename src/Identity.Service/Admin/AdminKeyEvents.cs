using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal static class AdminKeyEvents
{
    public static AuditEvent Created(AuditOrigin origin, AdminKey key) =>
        About(
            AuditEvents.AdminKeyCreated,
            origin,
            key,
            [
                ("role", key.Role),
                ("created_by", key.CreatedBy),
                ("owner_issuer", key.Owner?.Issuer),
                ("owner_subject", key.Owner?.Subject),
                ("expires_at", key.ExpiresAt),
                ("scopes", key.Scopes.Order(StringComparer.Ordinal)),
            ]
        );

    public static AuditEvent Owned(AuditOrigin origin, AdminKey key, KeyOwner owner) =>
        About(
            AuditEvents.AdminKeyOwned,
            origin,
            key,
            [("owner_issuer", owner.Issuer), ("owner_subject", owner.Subject)]
        );

    public static AuditEvent Revoked(AuditOrigin origin, AdminKey key, string? reason) =>
        About(AuditEvents.AdminKeyRevoked, origin, key, [("reason", reason)]);

    private static AuditEvent About(string name, AuditOrigin origin, AdminKey key, AuditData data) =>
        new(
            name,
            origin,
            key.OrganizationId,
            [new("admin_key", key.Id.Value)],
            [("admin_key_id", key.Id.Value), ("name", key.Name), .. data]
        );
}
