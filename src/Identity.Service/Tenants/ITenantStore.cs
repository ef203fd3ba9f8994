using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

/// <summary>Organizations and their workspaces.</summary>
internal interface ITenantStore
{
    ValueTask<Organization?> FindOrganizationAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>All of the installation, archived ones included, oldest first.</summary>
    ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    ValueTask<IReadOnlyList<Workspace>> ListWorkspacesAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Null when unknown or of another organization.</summary>
    ValueTask<Workspace?> FindWorkspaceAsync(
        string organizationId,
        string workspaceId,
        CancellationToken cancellationToken
    );

    ValueTask<bool> HasWorkspaceAsync(string organizationId, string workspaceId, CancellationToken cancellationToken);

    /// <summary>The organization's default workspace; every organization has exactly one.</summary>
    ValueTask<Workspace> DefaultWorkspaceAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary><see cref="WorkspaceConflict.NameTaken"/> when the name is in use.</summary>
    Statement Insert(Workspace workspace);

    /// <summary><see cref="OrganizationConflict.NameTaken"/> when the name is in use.</summary>
    IReadOnlyList<Statement> Insert(Organization organization, Workspace defaultWorkspace);

    /// <summary>
    /// Archives it and ends its admin keys and console sessions; <see cref="OrganizationConflict.InUse"/> while it has
    /// tunnels or rules that are not archived.
    /// </summary>
    IReadOnlyList<Statement> Archive(string organizationId, DateTimeOffset at);
}
