using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Connections;

internal static class ConnectionOperations
{
    private const string Connections = "/v1/connections";
    private const string Connection = $"{Connections}/{{connection_id}}";

    public static readonly Operation Create = Operation
        .Post("create_connection", Connections, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Create a connection",
            "People connect the route with their own account at the upstream. Register callback_url of the answer there. "
                + "The secret is never shown again, and the endpoints never change."
        )
        .Accepts<CreateConnectionRequest>()
        .Returns<ConnectionDocument>();

    public static readonly Operation List = Operation
        .Get("list_connections", Connections, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List connections", "The organization's connections, newest first.")
        .Paged()
        .Returns<Page<ConnectionDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_connection", Connection, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a connection", "One connection, without its secret.")
        .Returns<ConnectionDocument>();

    public static readonly Operation Update = Operation
        .Post("update_connection", Connection, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Update a connection",
            "Changes the members that the body names. Endpoints cannot be changed: the tokens of people would be sent "
                + "elsewhere than they allowed."
        )
        .Accepts<UpdateConnectionRequest>()
        .Returns<ConnectionDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_connection", $"{Connection}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Archive a connection", "Ends the grants of its people, and revokes them at the upstream.")
        .MayTake<ReasonRequest>()
        .Returns<ConnectionDocument>();

    public static readonly Operation ListGrants = Operation
        .Get("list_connection_grants", $"{Connection}/grants", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List the grants of a connection", "Who connected the route, newest first.")
        .Paged()
        .Returns<Page<ConnectionGrantDocument>>();

    public static readonly Operation RevokeGrant = Operation
        .Post(
            "revoke_connection_grant",
            $"{Connection}/grants/{{grant_id}}/revoke",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Revoke a grant of a connection",
            "Agents get no more tokens for it; it is then revoked at the upstream, if that offers it (RFC 7009)."
        )
        .MayTake<ReasonRequest>()
        .Returns<ConnectionGrantDocument>();

    public static readonly Operation GetToken = Operation
        .Post("get_connection_token", "/v1/agent/connection_tokens", Access.Agent)
        .Describe(
            "Get a person's token for the upstream of a route",
            "The access token that the person allowed, refreshed if it expires within a minute. 404 with "
                + "details.connect_url: the person has to connect the route first."
        )
        .Accepts<ConnectionTokenRequest>()
        .Returns<ConnectionTokenAnswer>();
}
