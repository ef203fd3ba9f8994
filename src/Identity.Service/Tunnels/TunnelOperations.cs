using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelOperations
{
    public static readonly Operation Create = Operation
        .Post("create_tunnel", "/v1/tunnels", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Create a tunnel",
            "Creates a tunnel with its own domain in the caller's workspace. It accepts no traffic before a "
                + "certificate is registered and client ranges are set."
        )
        .Accepts<CreateTunnelRequest>()
        .Returns<TunnelDocument>();

    public static readonly Operation List = Operation
        .Get("list_tunnels", "/v1/tunnels", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("List tunnels", "The tunnels that the caller can manage, newest first.")
        .Paged()
        .Returns<Page<TunnelDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_tunnel", "/v1/tunnels/{tunnel_id}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a tunnel", "One tunnel with its settings and their revision.")
        .Returns<TunnelDocument>();

    public static readonly Operation Update = Operation
        .Post("update_tunnel", "/v1/tunnels/{tunnel_id}", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Update a tunnel",
            "Changes the settings that the body names; the others stay. With revision the change is refused when the "
                + "tunnel has changed since."
        )
        .Accepts<UpdateTunnelRequest>()
        .Returns<TunnelDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_tunnel", "/v1/tunnels/{tunnel_id}/archive", Access.ManageTunnels, RoleSet.Administering)
        .Describe(
            "Archive a tunnel",
            "Edges close the tunnel's connections within five seconds. Its names stay reserved for 30 days."
        )
        .MayTake<ReasonRequest>()
        .Returns<TunnelDocument>();

    public static readonly Operation Pause = Operation
        .Post("pause_tunnel", "/v1/tunnels/{tunnel_id}/pause", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Pause a tunnel",
            "Edges refuse new clients and close the connections of the others; agents stay connected."
        )
        .MayTake<ReasonRequest>()
        .Returns<TunnelDocument>();

    public static readonly Operation Resume = Operation
        .Post("resume_tunnel", "/v1/tunnels/{tunnel_id}/resume", Access.ManageTunnels, RoleSet.Operating)
        .Describe("Resume a tunnel", "Makes a paused tunnel accept connections again.")
        .MayTake<ReasonRequest>()
        .Returns<TunnelDocument>();

    public static readonly Operation RevealToken = Operation
        .Post("reveal_tunnel_token", "/v1/tunnels/{tunnel_id}/reveal_token", Access.ManageTunnels)
        .Describe("Reveal the tunnel token", "Returns the token for manual enrolment. Audited with the reason.")
        .MayTake<ReasonRequest>()
        .Returns<TunnelTokenDocument>();

    public static readonly Operation RotateToken = Operation
        .Post("rotate_tunnel_token", "/v1/tunnels/{tunnel_id}/rotate_token", Access.ManageTunnels)
        .Describe(
            "Rotate the tunnel token",
            "Creates a new tunnel token. The old one stops working; certificates that it obtained expire within an "
                + "hour."
        )
        .MayTake<ReasonRequest>()
        .Returns<TunnelTokenDocument>();
}
