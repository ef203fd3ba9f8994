using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class AdminOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "POST /v1/organizations",
                "create_organization",
                "Create an organization",
                "Creates an organization with its default workspace. Only an operator of the installation can do "
                    + "this."
            )
            .Takes<CreateOrganizationRequest>()
            .Answers<OrganizationDocument>();
        table
            .Add(
                "GET /v1/organizations",
                "list_organizations",
                "List organizations",
                "An operator of the installation sees every organization; other callers see their own."
            )
            .Answers<Page<OrganizationDocument>>();
        table
            .Add(
                "GET /v1/organizations/current",
                "get_current_organization",
                "Get the caller's organization",
                "The organization that the credential of the request belongs to."
            )
            .Answers<OrganizationDocument>();
        table
            .Add(
                "POST /v1/organizations/{organization}/archive",
                "archive_organization",
                "Archive an organization",
                "Revokes every credential of an organization that has no tunnels and no rules."
            )
            .Answers<OrganizationDocument>();
        table
            .Add(
                "GET /v1/organizations/workspaces",
                "list_workspaces",
                "List workspaces",
                "The workspaces of the caller's organization."
            )
            .Answers<Page<WorkspaceDocument>>();
        table
            .Add(
                "POST /v1/organizations/workspaces",
                "create_workspace",
                "Create a workspace",
                "Creates a workspace in the caller's organization."
            )
            .Takes<CreateWorkspaceRequest>()
            .Answers<WorkspaceDocument>();
        table
            .Add(
                "GET /v1/organizations/workspaces/{workspace}",
                "get_workspace",
                "Get a workspace",
                "One workspace of the caller's organization."
            )
            .Answers<WorkspaceDocument>();
        table
            .Add(
                "POST /v1/admin_keys",
                "create_admin_key",
                "Create an admin key",
                "Creates a key with a role and an expiry. The response contains the secret once; the service stores only "
                    + "its hash."
            )
            .Takes<CreateAdminKeyRequest>()
            .Answers<AdminKeyDocument>();
        table
            .Add(
                "GET /v1/admin_keys",
                "list_admin_keys",
                "List admin keys",
                "The organization's admin keys with their role, their expiry and their last use. The response never "
                    + "contains a secret."
            )
            .Answers<Page<AdminKeyDocument>>();
        table
            .Add(
                "GET /v1/admin_keys/{admin_key_id}",
                "get_admin_key",
                "Get an admin key",
                "One admin key without its secret."
            )
            .Answers<AdminKeyDocument>();
        table
            .Add(
                "POST /v1/admin_keys/{admin_key_id}/revoke",
                "revoke_admin_key",
                "Revoke an admin key",
                "The key stops working at once. A revoked key stays in the list."
            )
            .Takes<RevokeAdminKeyRequest>()
            .Answers<AdminKeyDocument>();
    }
}
