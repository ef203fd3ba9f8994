using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

internal static class MachineOperations
{
    public static readonly Operation GetTunnelStatus = Operation
        .Get("get_tunnel_status", "/v1/tunnels/{tunnel_id}/status", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Get the status of a tunnel",
            "Whether the tunnel can serve traffic now, and what prevents it: edges, agents, routes, certificates."
        )
        .Returns<TunnelStatusDocument>();

    public static readonly Operation GetAgentFeed = Operation
        .Get("get_agent_feed", "/v1/agent/feed", Access.Agent)
        .Describe(
            "Get the feed of an agent",
            "The complete state of its tunnel for an agent, at one revision. With since and wait the request waits "
                + "for a change and returns 204 if there is none. With probe=true the request neither waits nor "
                + "counts as a contact of the agent: a doctor uses it."
        )
        .WithQuery("held", "probe", "since", "wait")
        .Returns<AgentFeed>()
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation ReportAsAgent = Operation
        .Post("report_as_agent", "/v1/agent/reports", Access.Agent)
        .Describe(
            "Report as an agent",
            "Reports the state in use by the agent: revision, epochs, serials, routes. It acknowledges the trust "
                + "bundle and the platform bundle."
        )
        .Accepts<AgentReport>()
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation SubmitCheckpoint = Operation
        .Post("submit_agent_checkpoint", "/v1/agent/checkpoints", Access.Agent)
        .Describe(
            "Submit a checkpoint of an agent's record of calls",
            "Stores how far the agent's record of calls reaches, signed by the agent, and adds it to the transparency "
                + "log. A checkpoint that contradicts an earlier one is stored as evidence."
        )
        .Accepts<AgentCheckpointSubmission>()
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation GetEdgeFeed = Operation
        .Get("get_edge_feed", "/v1/edge/feed", Access.Edge)
        .Describe(
            "Get the feed of an edge",
            "The tunnels that are assigned to the edge, at one revision. With since and wait the request waits for a "
                + "change and returns 204 if there is none."
        )
        .WithQuery("held", "since", "wait")
        .Returns<EdgeFeed>()
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation ReportAsEdge = Operation
        .Post("report_as_edge", "/v1/edge/reports", Access.Edge)
        .Describe("Report as an edge", "Reports the state in use by the edge and the agents connected to it.")
        .Accepts<EdgeReport>()
        .Returns(StatusCodes.Status204NoContent);
}
