using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal static class MembershipOperations
{
    private const string Account = "/v1/organizations/service_accounts/{id}/workspaces";
    private const string Workspace = "/v1/organizations/workspaces/{workspace}/service_accounts";

    public static readonly Operation ListOfAccount = Operation
        .Get("list_workspaces_of_service_account", Account, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List the workspaces of a service account", "The workspaces that the service account is a member of.")
        .Paged()
        .Returns<Page<MembershipDocument>>();

    public static readonly Operation AddToAccount = Operation
        .Post("add_workspace_to_service_account", Account, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Add a service account to a workspace",
            "Makes the service account a member of the workspace with a role."
        )
        .Accepts<AddWorkspaceRequest>()
        .Returns<MembershipDocument>();

    public static readonly Operation RemoveFromAccount = Operation
        .Delete(
            "remove_workspace_from_service_account",
            $"{Account}/{{workspace}}",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Remove a service account from a workspace",
            "Removes the membership. Access tokens that were issued for the workspace lose its scopes."
        )
        .Returns<MembershipDeletedDocument>();

    public static readonly Operation ListOfWorkspace = Operation
        .Get("list_members_of_workspace", Workspace, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List the members of a workspace", "The service accounts that are members of the workspace.")
        .Paged()
        .Returns<Page<MembershipDocument>>();

    public static readonly Operation AddToWorkspace = Operation
        .Post("add_member_to_workspace", Workspace, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Add a member to a workspace",
            "Makes the named service account a member of the workspace with a role."
        )
        .Accepts<AddMemberRequest>()
        .Returns<MembershipDocument>();

    public static readonly Operation Get = Operation
        .Get("get_member_of_workspace", $"{Workspace}/{{id}}", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a member of a workspace", "One membership with its role.")
        .Returns<MembershipDocument>();

    public static readonly Operation Update = Operation
        .Post("update_member_of_workspace", $"{Workspace}/{{id}}", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Update a member of a workspace", "Changes the role of the membership.")
        .Accepts<UpdateMemberRequest>()
        .Returns<MembershipDocument>();

    public static readonly Operation RemoveFromWorkspace = Operation
        .Delete("remove_member_from_workspace", $"{Workspace}/{{id}}", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Remove a member from a workspace", "Ends the membership.")
        .Returns<MembershipDeletedDocument>();
}
