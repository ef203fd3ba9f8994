using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

internal sealed class TenantStore(Database database)
{
    private const string OrganizationColumns =
        "id AS Id, name AS Name, created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt";

    public async ValueTask<Organization?> FindOrganizationAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<OrganizationRow>(
            $"SELECT {OrganizationColumns} FROM organizations WHERE id = @organizationId",
            new { organizationId },
            cancellationToken
        );
        return row?.ToOrganization();
    }

    /// <summary>All organizations, including archived ones, oldest first.</summary>
    public async ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<OrganizationRow>(
            $"SELECT {OrganizationColumns} FROM organizations ORDER BY created_at_ms, id",
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
            "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, is_default AS IsDefault, "
                + "created_at_ms AS CreatedAt FROM workspaces WHERE organization_id = @organizationId "
                + "ORDER BY created_at_ms DESC, id DESC",
            new { organizationId },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new Workspace(
                WorkspaceId.Wrap(row.Id),
                row.OrganizationId,
                row.Name,
                row.IsDefault != 0,
                Instants.FromStore(row.CreatedAt)
            )),
        ];
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

    /// <summary><see cref="WorkspaceConflict.NameTaken"/> if the name is in use.</summary>
    public Statement Insert(Workspace workspace) =>
        new Statement(
            "INSERT INTO workspaces (id, organization_id, name, is_default, created_at_ms) "
                + "VALUES (@Id, @OrganizationId, @Name, @IsDefault, @CreatedAt)",
            new
            {
                Id = workspace.Id.Value,
                workspace.OrganizationId,
                workspace.Name,
                IsDefault = workspace.IsDefault ? 1L : 0L,
                CreatedAt = workspace.CreatedAt.ToStore(),
            }
        ).Unique(WorkspaceConflict.NameTaken);

    public IReadOnlyList<Statement> Insert(Organization organization, Workspace defaultWorkspace) =>
        [
            new Statement(
                "INSERT INTO organizations (id, name, created_at_ms) VALUES (@Id, @Name, @CreatedAt)",
                new
                {
                    organization.Id,
                    organization.Name,
                    CreatedAt = organization.CreatedAt.ToStore(),
                }
            ).Unique(OrganizationConflict.NameTaken),
            Insert(defaultWorkspace),
        ];

    /// <summary>
    /// Archives an organization, revokes its admin keys and deletes its console sessions and saved filters;
    /// <see cref="OrganizationConflict.InUse"/> if it has unarchived tunnels or rules.
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
            ).ExpectingOne(OrganizationConflict.InUse),
            new Statement(
                "UPDATE admin_keys SET revoked_at_ms = @At WHERE organization_id = @Id AND revoked_at_ms IS NULL",
                parameters
            ),
            new Statement("DELETE FROM console_sessions WHERE organization_id = @Id", parameters),
            new Statement("DELETE FROM console_filters WHERE organization_id = @Id", parameters),
        ];
    }

    private sealed record OrganizationRow
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public long CreatedAt { get; init; }

        public long? ArchivedAt { get; init; }

        public Organization ToOrganization() =>
            new(Id, Name, Instants.FromStore(CreatedAt)) { ArchivedAt = Instants.FromStore(ArchivedAt) };
    }

    private sealed record WorkspaceRow
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public long IsDefault { get; init; }

        public long CreatedAt { get; init; }
    }
}
