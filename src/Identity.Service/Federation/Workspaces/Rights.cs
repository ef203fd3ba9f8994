using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>
/// What a service account may do in a workspace: its organization role, and its workspace role if it is a member. A
/// scope takes effect only as far as these allow it; using and managing are separate.
/// </summary>
internal readonly record struct Rights(OrganizationRole Organization, WorkspaceRole? Workspace)
{
    public const int Levels = 4;

    /// <summary>Rights of the same level allow the same scopes.</summary>
    public int Level =>
        (Organization, Workspace) switch
        {
            (OrganizationRole.Admin, _) => 3,
            (_, >= WorkspaceRole.Developer) => 2,
            (_, not null) => 1,
            _ => 0,
        };

    public static Rights From(ServiceAccount account, WorkspaceRole? explicitRole, bool isDefaultWorkspace) =>
        new(account.Role, explicitRole ?? (isDefaultWorkspace ? WorkspaceRole.User : null));

    public bool Allow(string scope) =>
        scope switch
        {
            Scopes.InstallationOperate => false,
            Scopes.OrganizationAdmin => Organization == OrganizationRole.Admin,
            // Edges belong to the installation: its operator wrote the rule, and workspace roles do not apply.
            Scopes.EdgeServe => true,
            Scopes.ManageTunnels => Organization == OrganizationRole.Admin || Workspace >= WorkspaceRole.Developer,
            _ => Organization == OrganizationRole.Admin || Workspace is not null,
        };
}
