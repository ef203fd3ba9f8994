using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>The servers behind all tunnels of an organization: their names, owners, attestations and callers.</summary>
internal static class InventoryOperations
{
    public static readonly Operation ListOfTunnel = Operation
        .Get("list_tunnel_inventory", "/v1/tunnels/{tunnel_id}/inventory", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the inventory of a tunnel",
            "The MCP servers and tools that the agents reported, with their use."
        )
        .Paged("route")
        .Returns<Page<InventoryDocument>>();

    public static readonly Operation GetTraffic = Operation
        .Get("get_tunnel_traffic", "/v1/tunnels/{tunnel_id}/traffic", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Count calls, denials, durations and bytes by minute",
            "What the tunnel's agents served in each of the last minutes, whatever tunnel the calls came through; the "
                + "current minute is the last. Agents report every minute."
        )
        .WithQuery("minutes")
        .Returns<TunnelTrafficDocument>();

    public static readonly Operation List = Operation
        .Get("list_inventory", "/v1/inventory", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the inventory of servers",
            "The names (tools, prompts, resources, methods) that agents of all tunnels reported, newest first, with "
                + "their use. A name is sanctioned when its route was attested after the service learnt of the name."
        )
        .Paged("caller", "kind", "route", "tunnel_id", "unsanctioned")
        .Returns<Page<InventoryDocument>>();

    public static readonly Operation ListRoutes = Operation
        .Get("list_inventory_routes", "/v1/inventory/routes", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the routes of all tunnels",
            "Each route with the owner of the server behind it, the number of names, callers and calls, and the last "
                + "attestation."
        )
        .Paged("open", "owner", "route", "tunnel_id")
        .Returns<Page<RouteDocument>>();

    public static readonly Operation ExportRoutes = Operation
        .Get("export_inventory_routes", "/v1/inventory/routes/export", Access.ManageTunnels, RoleSet.Auditing)
        .Describe(
            "Export the routes of all tunnels",
            "The whole filtered list of routes as CSV. An export that breaks off closes the connection before its end."
        )
        .WithQuery("format", "include_archived", "open", "owner", "route", "tunnel_id")
        .Returns<string>("text/csv");

    public static readonly Operation ListCallers = Operation
        .Get("list_inventory_callers", "/v1/inventory/callers", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the callers of all routes",
            "One entry for each caller of each route: how many names it called, how often, and how many of its calls "
                + "were denied."
        )
        .Paged("caller", "route", "tunnel_id")
        .Returns<Page<CallerDocument>>();

    public static readonly Operation ListDays = Operation
        .Get("list_inventory_days", "/v1/inventory/days", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Count calls, denials and drifts by day",
            "What happened on each of the last days on the routes of all tunnels, added up; the current day is the "
                + "last."
        )
        .WithQuery("days", "include_archived", "route", "tunnel_id")
        .Returns<RouteDaysDocument>();

    public static readonly Operation SetOwner = Operation
        .Post("set_route_owner", "/v1/tunnels/{tunnel_id}/routes/{route}", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Set the owner of a route",
            "Names the person or team that answers for the server behind the route. Null removes the owner."
        )
        .Accepts<SetRouteOwnerRequest>()
        .Returns<RouteDocument>();

    public static readonly Operation Attest = Operation
        .Post("attest_route", "/v1/tunnels/{tunnel_id}/routes/{route}/attest", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Attest a route",
            "Sanctions all names that the route has now. With names the request is refused when the route has another "
                + "number of names than you have seen."
        )
        .MayTake<AttestRouteRequest>()
        .Returns<RouteDocument>();
}
