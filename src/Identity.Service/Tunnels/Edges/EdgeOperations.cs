using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal static class EdgeOperations
{
    public static readonly Operation Create = Operation
        .Post("create_edge", "/v1/edges", Access.InstallationOperate)
        .ForConsole()
        .Describe(
            "Register an edge",
            "Registers an edge with the addresses that agents dial and the DNS names of its certificate."
        )
        .Accepts<CreateEdgeRequest>()
        .Returns<EdgeDocument>();

    public static readonly Operation List = Operation
        .Get("list_edges", "/v1/edges", Access.InstallationOperate)
        .ForConsole()
        .Describe("List edges", "The registered edges.")
        .Paged()
        .Returns<Page<EdgeDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_edge", "/v1/edges/{edge_id}", Access.InstallationOperate)
        .ForConsole()
        .Describe("Get an edge", "One registered edge.")
        .Returns<EdgeDocument>();

    public static readonly Operation Drain = Operation
        .Post("drain_edge", "/v1/edges/{edge_id}/drain", Access.InstallationOperate)
        .ForConsole()
        .Describe("Drain an edge", "Assigns its tunnels to other edges; then the edge accepts no new connections.")
        .MayTake<ReasonRequest>()
        .Returns<EdgeDocument>();

    public static readonly Operation Resume = Operation
        .Post("resume_edge", "/v1/edges/{edge_id}/resume", Access.InstallationOperate)
        .ForConsole()
        .Describe("Resume an edge", "Makes a drained edge accept connections again.")
        .MayTake<ReasonRequest>()
        .Returns<EdgeDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_edge", "/v1/edges/{edge_id}/archive", Access.InstallationOperate)
        .ForConsole()
        .Describe("Archive an edge", "Revokes the edge's certificates. Agents refuse it from then on.")
        .MayTake<ReasonRequest>()
        .Returns<EdgeDocument>();
}
