using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Admin;

internal sealed class TenantStore(Database database) : ITenantStore
{
    public async ValueTask<Organization?> FindOrganizationAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<OrganizationRow>(
            new CommandDefinition(
                "SELECT id AS Id, name AS Name, created_at_ms AS CreatedAt FROM organizations WHERE id = @organizationId",
                new { organizationId },
                cancellationToken: cancellationToken
            )
        );
        return row is null ? null : new Organization(row.Id, row.Name, Instants.FromStore(row.CreatedAt));
    }

    public async ValueTask<IReadOnlyList<Organization>> ListOrganizationsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<OrganizationRow>(
            new CommandDefinition(
                "SELECT id AS Id, name AS Name, created_at_ms AS CreatedAt FROM organizations ORDER BY created_at_ms, id",
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => new Organization(row.Id, row.Name, Instants.FromStore(row.CreatedAt)))];
    }

    public async ValueTask<IReadOnlyList<Workspace>> ListWorkspacesAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<WorkspaceRow>(
            new CommandDefinition(
                "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, is_default AS IsDefault, "
                    + "created_at_ms AS CreatedAt FROM workspaces WHERE organization_id = @organizationId "
                    + "ORDER BY created_at_ms DESC, id DESC",
                new { organizationId },
                cancellationToken: cancellationToken
            )
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

    public async ValueTask<Workspace> DefaultWorkspaceAsync(
        string organizationId,
        CancellationToken cancellationToken
    ) => (await ListWorkspacesAsync(organizationId, cancellationToken)).Single(workspace => workspace.IsDefault);

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
            new(
                "INSERT INTO organizations (id, name, created_at_ms) VALUES (@Id, @Name, @CreatedAt)",
                new
                {
                    organization.Id,
                    organization.Name,
                    CreatedAt = organization.CreatedAt.ToStore(),
                }
            ),
            Insert(defaultWorkspace),
        ];

    private sealed record OrganizationRow
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public long CreatedAt { get; init; }
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
