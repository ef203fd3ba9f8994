using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Nodes;

internal static class NodeOperations
{
    public static readonly Operation ListVersions = Operation
        .Get("list_program_versions", "/v1/versions", Access.InstallationOperate)
        .ForConsole()
        .Describe(
            "List program versions",
            "The versions of the service nodes, the edges and the agents of the installation."
        )
        .Returns<VersionListDocument>();
}
