using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Status;

internal static class StatusOperations
{
    public static readonly Operation Get = Operation
        .Get("get_status", "/v1/status", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Get the status of everything",
            "Whether everything that the caller may see works: tunnels, issuers, authorities, certificates, work that "
                + "waits for a person, and for operators of the installation edges, nodes, clock, jobs and backups. "
                + "Tunnels come in pages; the checks of everything else are on the first page."
        )
        .Paged()
        .Returns<StatusDocument>();
}
