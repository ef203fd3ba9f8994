using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>The roles' names on the wire and in the store.</summary>
internal static class WorkspaceRoles
{
    public static string All { get; } = string.Join(", ", WireNames.List<WorkspaceRole>());

    public static string Name(this WorkspaceRole role) => WireNames.Of(role);
}
