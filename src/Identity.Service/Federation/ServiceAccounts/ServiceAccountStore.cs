using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed class ServiceAccountStore(Database database)
{
    private const string Select =
        "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, description AS Description, "
        + "organization_role AS Role, "
        + StampColumns.Select
        + " FROM service_accounts";

    /// <summary>Null if unknown or of another organization; includes archived accounts.</summary>
    public async ValueTask<ServiceAccount?> FindAsync(
        string organizationId,
        string id,
        CancellationToken cancellationToken
    )
    {
        var rows = await QueryAsync(
            Select + " WHERE organization_id = @organizationId AND id = @id",
            new { organizationId, id },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    public async ValueTask<IReadOnlyList<Numbered<ServiceAccount>>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            Select
                + " WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>Of all organizations, including archived accounts.</summary>
    public async ValueTask<IReadOnlyList<ServiceAccount>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Select, null, cancellationToken)).Select(row => row.Value)];

    public ValueTask<IReadOnlyList<ServiceAccount>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync(
            ids,
            async some =>
                (
                    await QueryAsync(
                        Select + " WHERE " + database.AnyOf("id", "@some"),
                        new { some },
                        cancellationToken
                    )
                ).Select(row => row.Value)
        );

    /// <summary><see cref="FederationConflict.NameTaken"/> if the name is in use.</summary>
    public Statement Insert(ServiceAccount account) =>
        new Statement(
            "INSERT INTO service_accounts (id, ordinal, organization_id, name, description, organization_role, version, "
                + "created_at_ms, created_by, updated_at_ms, updated_by) "
                + "VALUES (@Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM service_accounts), @OrganizationId, @Name, "
                + "@Description, @Role, @Version, @CreatedAt, @CreatedBy, @UpdatedAt, @UpdatedBy)",
            new
            {
                Id = account.Id.Value,
                account.OrganizationId,
                account.Name,
                account.Description,
                Role = account.Role.Name(),
                account.Version,
                CreatedAt = account.Stamps.CreatedAt.ToStore(),
                account.Stamps.CreatedBy,
                UpdatedAt = account.Stamps.UpdatedAt.ToStore(),
                account.Stamps.UpdatedBy,
            }
        ).Unique(FederationConflict.NameTaken);

    /// <summary>Writes version n + 1 over n; <see cref="FederationConflict.Changed"/> if the store has another.</summary>
    public Statement Update(ServiceAccount account) =>
        new Statement(
            "UPDATE service_accounts SET description = @Description, organization_role = @Role, version = @Version, "
                + "updated_at_ms = @UpdatedAt, updated_by = @UpdatedBy, archived_at_ms = @ArchivedAt, "
                + "archived_by = @ArchivedBy "
                + "WHERE id = @Id AND version = @Version - 1 AND archived_at_ms IS NULL",
            new
            {
                Id = account.Id.Value,
                account.Description,
                Role = account.Role.Name(),
                account.Version,
                UpdatedAt = account.Stamps.UpdatedAt.ToStore(),
                account.Stamps.UpdatedBy,
                ArchivedAt = account.Stamps.ArchivedAt.ToStore(),
                account.Stamps.ArchivedBy,
            }
        ).ExpectingOne(FederationConflict.Changed);

    /// <summary>As <see cref="Update"/>, and <see cref="FederationConflict.InUse"/> while a live rule refers to it.</summary>
    public IReadOnlyList<Statement> Archive(ServiceAccount account) =>
        [
            // Updates a row only if no other record needs it: the number of updated rows is the check.
            new Statement(
                "UPDATE service_accounts SET version = version WHERE id = @Id AND NOT EXISTS "
                    + "(SELECT 1 FROM federation_rules WHERE service_account_id = @Id AND archived_at_ms IS NULL)",
                new { Id = account.Id.Value }
            ).ExpectingOne(FederationConflict.InUse),
            Update(account),
        ];

    private async ValueTask<IReadOnlyList<Numbered<ServiceAccount>>> QueryAsync(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => new Numbered<ServiceAccount>(row.Ordinal, row.ToAccount()))];
    }

    private sealed record Row : StampColumns
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Description { get; init; }

        public required string Role { get; init; }

        public ServiceAccount ToAccount() =>
            new()
            {
                Id = ServiceAccountId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Description = Description,
                Role = WireNames.Parse<OrganizationRole>(Role),
                Version = (int)Version,
                Stamps = ToStamps(),
            };
    }
}
