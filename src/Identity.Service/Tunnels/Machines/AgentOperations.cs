using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal static class AgentOperations
{
    public static readonly Operation ListAll = Operation
        .Get("list_all_agents", "/v1/agents", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the agents of all tunnels",
            "The agents of the unarchived tunnels that the caller can manage, newest tunnel first, as in the list of "
                + "each tunnel; with tunnel_id those of that tunnel. state: live, offline or revoked. A page can have "
                + "fewer agents than limit, or none, and still a next_page."
        )
        .WithQuery("limit", "page", "state", "tunnel_id")
        .Returns<Page<AgentDocument>>();

    public static readonly Operation List = Operation
        .Get("list_agents", "/v1/tunnels/{tunnel_id}/agents", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List the agents of a tunnel",
            "The enrolled agents with their certificates, their routes and their last report."
        )
        .Returns<Page<AgentDocument>>();

    public static readonly Operation Revoke = Operation
        .Post(
            "revoke_agent",
            "/v1/tunnels/{tunnel_id}/agents/{agent_id}/revoke",
            Access.ManageTunnels,
            RoleSet.Operating
        )
        .Describe(
            "Revoke an agent",
            "Revokes the enrolment and its certificates. Every edge refuses them with its next feed. Repeating the "
                + "request changes nothing."
        )
        .MayTake<ReasonRequest>()
        .Returns<AgentDocument>();

    public static readonly Operation Disconnect = Operation
        .Post(
            "disconnect_agent",
            "/v1/tunnels/{tunnel_id}/agents/{agent_id}/disconnect",
            Access.ManageTunnels,
            RoleSet.Operating
        )
        .Describe("Disconnect an agent", "Edges close the agent's connections; the agent can reconnect.")
        .MayTake<ReasonRequest>()
        .Returns<AgentDocument>();
}
