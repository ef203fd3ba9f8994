namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>The roles' names on the wire and in the store.</summary>
internal static class WorkspaceRoles
{
    private static readonly string[] Names =
    [
        "workspace_user",
        "workspace_restricted_developer",
        "workspace_developer",
        "workspace_admin",
    ];

    public static string All { get; } = string.Join(", ", Names);

    public static string Name(this WorkspaceRole role) => Names[(int)role];

    public static bool TryParse(string? name, out WorkspaceRole role)
    {
        var index = Array.IndexOf(Names, name);
        role = (WorkspaceRole)Math.Max(index, 0);
        return index >= 0;
    }
}
