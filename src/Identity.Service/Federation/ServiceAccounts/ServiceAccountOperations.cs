using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal static class ServiceAccountOperations
{
    private const string Accounts = "/v1/organizations/service_accounts";
    private const string Account = $"{Accounts}/{{id}}";

    public static readonly Operation Create = Operation
        .Post("create_service_account", Accounts, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Create a service account", "Creates an identity that federation rules can grant to workloads.")
        .Accepts<CreateServiceAccountRequest>()
        .Returns<ServiceAccountDocument>();

    public static readonly Operation List = Operation
        .Get("list_service_accounts", Accounts, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List service accounts", "The organization's service accounts.")
        .Paged()
        .Returns<Page<ServiceAccountDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_service_account", Account, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a service account", "One service account.")
        .Returns<ServiceAccountDocument>();

    public static readonly Operation Update = Operation
        .Post("update_service_account", Account, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Update a service account", "Changes the members that the body names; the others stay.")
        .Accepts<UpdateServiceAccountRequest>()
        .Returns<ServiceAccountDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_service_account", $"{Account}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Archive a service account", "Its rules grant no more tokens, and its enrolments are not renewed.")
        .MayTake<ReasonRequest>()
        .Returns<ServiceAccountDocument>();
}
