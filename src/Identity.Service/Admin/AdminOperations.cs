using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Admin;

internal static class AdminOperations
{
    public static readonly Operation CreateOrganization = Operation
        .Post("create_organization", "/v1/organizations", Access.InstallationOperate)
        .ForConsole()
        .Describe(
            "Create an organization",
            "Creates an organization with its default workspace. Only an operator of the installation can do this."
        )
        .Accepts<CreateOrganizationRequest>()
        .Returns<OrganizationDocument>();

    public static readonly Operation ListOrganizations = Operation
        .Get("list_organizations", "/v1/organizations", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List organizations",
            "An operator of the installation sees every organization; other callers see their own."
        )
        .Returns<Page<OrganizationDocument>>();

    public static readonly Operation GetCurrentOrganization = Operation
        .Get("get_current_organization", "/v1/organizations/current", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get the caller's organization", "The organization that the credential of the request belongs to.")
        .Returns<OrganizationDocument>();

    public static readonly Operation ArchiveOrganization = Operation
        .Post("archive_organization", "/v1/organizations/{organization}/archive", Access.InstallationOperate)
        .ForConsole()
        .Describe(
            "Archive an organization",
            "Revokes every credential of an organization that has no tunnels and no rules."
        )
        .Returns<OrganizationDocument>();

    public static readonly Operation ListWorkspaces = Operation
        .Get("list_workspaces", "/v1/organizations/workspaces", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("List workspaces", "The workspaces of the caller's organization.")
        .Returns<Page<WorkspaceDocument>>();

    public static readonly Operation CreateWorkspace = Operation
        .Post("create_workspace", "/v1/organizations/workspaces", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Create a workspace", "Creates a workspace in the caller's organization.")
        .Accepts<CreateWorkspaceRequest>()
        .Returns<WorkspaceDocument>();

    public static readonly Operation GetWorkspace = Operation
        .Get("get_workspace", "/v1/organizations/workspaces/{workspace}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a workspace", "One workspace of the caller's organization.")
        .Returns<WorkspaceDocument>();

    public static readonly Operation CreateKey = Operation
        .Post("create_admin_key", "/v1/admin_keys", Access.OrganizationAdmin)
        .Describe(
            "Create an admin key",
            "Creates a key with a role and an expiry. The response contains the secret once; the service stores only "
                + "its hash."
        )
        .Accepts<CreateAdminKeyRequest>()
        .Returns<AdminKeyDocument>();

    public static readonly Operation ListKeys = Operation
        .Get("list_admin_keys", "/v1/admin_keys", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "List admin keys",
            "The organization's admin keys with their role, their expiry and their last use. The response never "
                + "contains a secret."
        )
        .Returns<Page<AdminKeyDocument>>();

    public static readonly Operation GetKey = Operation
        .Get("get_admin_key", "/v1/admin_keys/{admin_key_id}", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get an admin key", "One admin key without its secret.")
        .Returns<AdminKeyDocument>();

    public static readonly Operation RevokeKey = Operation
        .Post(
            "revoke_admin_key",
            "/v1/admin_keys/{admin_key_id}/revoke",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe("Revoke an admin key", "The key stops working at once. A revoked key stays in the list.")
        .Accepts<RevokeAdminKeyRequest>()
        .Returns<AdminKeyDocument>();
}
