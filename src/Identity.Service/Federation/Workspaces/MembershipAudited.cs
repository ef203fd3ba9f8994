using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>A service account's membership was added, changed or removed.</summary>
/// <param name="Membership">Afterwards; for a removal, the previous one.</param>
internal sealed record MembershipAudited(
    string Name,
    AuditOrigin Origin,
    string OrganizationId,
    Membership Membership,
    WorkspaceRole? Before = null
)
    : AuditEvent(
        Name,
        Origin,
        OrganizationId,
        [new("service_account", Membership.ServiceAccountId.Value), new("workspace", Membership.WorkspaceId.Value)],
        [
            ("service_account_id", Membership.ServiceAccountId.Value),
            ("workspace_id", Membership.WorkspaceId.Value),
            ("workspace_role", Membership.Role.Name()),
            .. AuditData.Optional("previous_workspace_role", Before?.Name()),
        ]
    );
