using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal static class HostnameOperations
{
    public static readonly Operation Add = Operation
        .Post("add_hostname", "/v1/tunnels/{tunnel_id}/hostnames", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Claim a hostname",
            "Claims a hostname that you own for the tunnel. It is not routed until the TXT record of the response is "
                + "found at the name's authoritative servers."
        )
        .Accepts<AddHostnameRequest>()
        .Returns<HostnameDocument>();

    public static readonly Operation List = Operation
        .Get("list_hostnames", "/v1/tunnels/{tunnel_id}/hostnames", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List hostnames",
            "The names that the tunnel has besides its own domain, with the state of their proof."
        )
        .Returns<Page<HostnameDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_hostname", "/v1/tunnels/{tunnel_id}/hostnames/{name}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a hostname", "One name of the tunnel with the state of its proof.")
        .Returns<HostnameDocument>();

    public static readonly Operation Check = Operation
        .Post(
            "check_hostname",
            "/v1/tunnels/{tunnel_id}/hostnames/{name}/check",
            Access.ManageTunnels,
            RoleSet.Operating
        )
        .Describe("Check a hostname now", "Looks up the TXT record now instead of at the next daily check.")
        .Returns<HostnameDocument>();

    public static readonly Operation Remove = Operation
        .Delete("remove_hostname", "/v1/tunnels/{tunnel_id}/hostnames/{name}", Access.ManageTunnels, RoleSet.Operating)
        .Describe("Remove a hostname", "Releases the name. Edges and agents stop serving it with the next feed.")
        .Returns<HostnameDocument>();

    public static readonly Operation Approve = Operation
        .Post("approve_hostname", "/v1/tunnels/{tunnel_id}/hostnames/{name}/approve", Access.InstallationOperate)
        .Describe("Approve a hostname", "An operator of the installation accepts the name without a TXT record.")
        .Returns<HostnameDocument>();
}
