using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal static class WorkspaceRoles
{
    public static string All { get; } = string.Join(", ", WireNames.List<WorkspaceRole>());

    public static string Name(this WorkspaceRole role) => WireNames.Get(role);
}
