using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.OAuthClients;

internal static class OAuthClientOperations
{
    private const string Clients = "/v1/oauth/clients";
    private const string Client = $"{Clients}/{{client_id}}";

    public static readonly Operation Create = Operation
        .Post("create_oauth_client", Clients, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Create an OAuth client",
            "Registers a program with which people sign in to routes. Its id is its client_id; it has no secret."
        )
        .Accepts<CreateOAuthClientRequest>()
        .Returns<OAuthClientDocument>();

    public static readonly Operation List = Operation
        .Get("list_oauth_clients", Clients, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "List OAuth clients",
            "The organization's registered clients: those of administrators, or those that registered themselves."
        )
        .Paged("registered_by")
        .Returns<Page<OAuthClientDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_oauth_client", Client, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get an OAuth client", "One registered client.")
        .Returns<OAuthClientDocument>();

    public static readonly Operation Update = Operation
        .Post("update_oauth_client", Client, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Update an OAuth client",
            "Changes the members that the body names; the others stay. A client that registered itself cannot be changed."
        )
        .Accepts<UpdateOAuthClientRequest>()
        .Returns<OAuthClientDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_oauth_client", $"{Client}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Archive an OAuth client", "It gets no more tokens; its client_id is never used again.")
        .MayTake<ReasonRequest>()
        .Returns<OAuthClientDocument>();
}
