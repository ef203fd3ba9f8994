using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

internal sealed class TenantStore(Database database)
{
    private static readonly Columns<OrganizationRow> Organizations = new("organizations");
    private static readonly Columns<WorkspaceRow> Workspaces = new("workspaces");

    public async ValueTask<Organization?> FindOrganizationAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<OrganizationRow>(
            Organizations.Select + " WHERE id = @organizationId",
            new { organizationId },
            cancellationToken
        );
        return row?.ToOrganization();
    }

    /// <summary>All organizations, including archived ones, oldest first.</summary>
    public async ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<OrganizationRow>(
            Organizations.Select + " ORDER BY created_at_ms, id",
            cancellationToken
        );
        return [.. rows.Select(row => row.ToOrganization())];
    }

    /// <summary>Newest first.</summary>
    public async ValueTask<IReadOnlyList<Workspace>> ListWorkspacesAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<WorkspaceRow>(
            Workspaces.Select + " WHERE organization_id = @organizationId ORDER BY created_at_ms DESC, id DESC",
            new { organizationId },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToWorkspace())];
    }

    public async ValueTask<Workspace?> FindWorkspaceAsync(
        string organizationId,
        string workspaceId,
        CancellationToken cancellationToken
    ) =>
        (await ListWorkspacesAsync(organizationId, cancellationToken)).FirstOrDefault(workspace =>
            workspace.Id.Value == workspaceId
        );

    public async ValueTask<bool> HasWorkspaceAsync(
        string organizationId,
        string workspaceId,
        CancellationToken cancellationToken
    ) => await FindWorkspaceAsync(organizationId, workspaceId, cancellationToken) is not null;

    /// <summary>Every organization has exactly one default workspace.</summary>
    public async ValueTask<Workspace> DefaultWorkspaceAsync(
        string organizationId,
        CancellationToken cancellationToken
    ) => (await ListWorkspacesAsync(organizationId, cancellationToken)).Single(workspace => workspace.IsDefault);

    /// <summary><see cref="WorkspaceErrors.NameTaken"/> if the name is in use.</summary>
    public Statement Insert(Workspace workspace) =>
        Workspaces.Insert(WorkspaceRow.Create(workspace)).Unique(WorkspaceErrors.NameTaken.Refuse());

    public IReadOnlyList<Statement> Insert(Organization organization, Workspace defaultWorkspace) =>
        [
            Organizations.Insert(OrganizationRow.Create(organization)).Unique(OrganizationErrors.NameTaken.Refuse()),
            Workspaces.Insert(WorkspaceRow.Create(defaultWorkspace)),
        ];

    /// <summary>
    /// Archives an organization, revokes its admin keys and deletes its console sessions and saved filters;
    /// <see cref="OrganizationErrors.InUse"/> if it has unarchived tunnels or rules.
    /// </summary>
    public IReadOnlyList<Statement> Archive(string organizationId, DateTimeOffset at)
    {
        var parameters = new { Id = organizationId, At = at.ToStore() };
        return
        [
            new Statement(
                "UPDATE organizations SET archived_at_ms = @At WHERE id = @Id AND archived_at_ms IS NULL "
                    + "AND NOT EXISTS (SELECT 1 FROM tunnels WHERE organization_id = @Id AND archived_at_ms IS NULL) "
                    + "AND NOT EXISTS (SELECT 1 FROM federation_rules WHERE organization_id = @Id "
                    + "AND archived_at_ms IS NULL)",
                parameters
            ).ExpectingOne(OrganizationErrors.InUse.Refuse()),
            new Statement(
                "UPDATE admin_keys SET revoked_at_ms = @At WHERE organization_id = @Id AND revoked_at_ms IS NULL",
                parameters
            ),
            new Statement("DELETE FROM console_sessions WHERE organization_id = @Id", parameters),
            new Statement("DELETE FROM console_filters WHERE organization_id = @Id", parameters),
        ];
    }

    private sealed record OrganizationRow(string Id, string Name, long CreatedAtMs, long? ArchivedAtMs)
    {
        public static OrganizationRow Create(Organization organization) =>
            new(organization.Id, organization.Name, organization.CreatedAt.ToStore(), ArchivedAtMs: null);

        public Organization ToOrganization() =>
            new(Id, Name, Instants.FromStore(CreatedAtMs)) { ArchivedAt = Instants.FromStore(ArchivedAtMs) };
    }

    private sealed record WorkspaceRow(string Id, string OrganizationId, string Name, long IsDefault, long CreatedAtMs)
    {
        public static WorkspaceRow Create(Workspace workspace) =>
            new(
                workspace.Id.Value,
                workspace.OrganizationId,
                workspace.Name,
                workspace.IsDefault ? 1L : 0L,
                workspace.CreatedAt.ToStore()
            );

        public Workspace ToWorkspace() =>
            new(WorkspaceId.Wrap(Id), OrganizationId, Name, IsDefault != 0, Instants.FromStore(CreatedAtMs));
    }
}
