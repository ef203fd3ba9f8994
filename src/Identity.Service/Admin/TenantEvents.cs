using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

internal static class TenantEvents
{
    /// <summary>The first entry of every chain.</summary>
    public static AuditEvent Initialized(
        AuditOrigin origin,
        Organization organization,
        Workspace workspace,
        string publicUrl
    ) =>
        new(
            AuditEvents.InstallationInitialized,
            origin,
            organization.Id,
            [],
            [
                ("public_url", publicUrl),
                ("organization_id", organization.Id),
                ("organization_name", organization.Name),
                ("workspace_id", workspace.Id.Value),
            ]
        );

    public static AuditEvent Created(AuditOrigin origin, Organization organization, Workspace workspace) =>
        new(
            AuditEvents.OrganizationCreated,
            origin,
            organization.Id,
            [new("organization", organization.Id), new("workspace", workspace.Id.Value)],
            [("organization_id", organization.Id), ("name", organization.Name)]
        );

    /// <summary>An organization was archived with all its credentials (S1).</summary>
    public static AuditEvent Archived(AuditOrigin origin, Organization organization) =>
        new(
            AuditEvents.OrganizationArchived,
            origin,
            organization.Id,
            [new("organization", organization.Id)],
            [("organization_id", organization.Id), ("name", organization.Name)]
        );

    public static AuditEvent WorkspaceCreated(AuditOrigin origin, Workspace workspace) =>
        new(
            AuditEvents.WorkspaceCreated,
            origin,
            workspace.OrganizationId,
            [new("workspace", workspace.Id.Value)],
            [("workspace_id", workspace.Id.Value), ("name", workspace.Name)]
        );
}
