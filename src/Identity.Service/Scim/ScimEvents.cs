using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Scim;

/// <summary>A user or group was created, updated or deleted. Of personal data it has the hash of the userName alone.</summary>
internal static class ScimEvents
{
    public static AuditEvent Changed(string name, AuditOrigin origin, ScimResource resource) =>
        resource.Type == ScimResourceType.User
            ? new AuditEvent(
                name,
                origin,
                resource.OrganizationId,
                [new("scim_user", resource.Id)],
                [
                    ("issuer_id", resource.IssuerId),
                    ("scim_user_id", resource.Id),
                    ("user_name_hash", Sha256Text.ToBase64Url(resource.UserName)),
                    ("subject_hash", resource.Subject is { } subject ? Sha256Text.ToBase64Url(subject) : null),
                    ("active", resource.IsActive),
                    ("version", resource.Version),
                ]
            )
            : new AuditEvent(
                name,
                origin,
                resource.OrganizationId,
                [new("scim_group", resource.Id)],
                [
                    ("issuer_id", resource.IssuerId),
                    ("scim_group_id", resource.Id),
                    ("name", resource.DisplayName),
                    ("members", resource.MemberIds.Count),
                    ("version", resource.Version),
                ]
            );

    public static AuditEvent SettingsUpdated(AuditOrigin origin, ScimDirectory directory) =>
        new(
            AuditEvents.ScimSettingsUpdated,
            origin,
            directory.OrganizationId,
            [new("scim_directory", directory.IssuerId)],
            [("issuer_id", directory.IssuerId), ("subject_attribute", WireNames.Get(directory.SubjectAttribute))]
        );
}
