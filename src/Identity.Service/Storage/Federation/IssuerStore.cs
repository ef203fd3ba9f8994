using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Federation;

internal sealed class IssuerStore(Database database) : IIssuerStore
{
    private const string Select =
        "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, issuer_url AS Url, jwks AS Jwks, "
        + "check_jti AS CheckJti, max_jwt_lifetime_seconds AS MaxJwtLifetimeSeconds, "
        + "allowed_targets AS AllowedTargets, "
        + StampColumns.Select
        + " FROM federation_issuers";

    public async ValueTask<Issuer?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            Select + " WHERE organization_id = @organizationId AND id = @id",
            new { organizationId, id },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    public async ValueTask<IReadOnlyList<Numbered<Issuer>>> ListAsync(
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
                Archived = page.IncludeArchived ? 1L : 0L,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<Issuer>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Select, null, cancellationToken)).Select(row => row.Value)];

    public Statement Insert(Issuer issuer) =>
        new Statement(
            "INSERT INTO federation_issuers (id, ordinal, organization_id, name, issuer_url, jwks, check_jti, "
                + "max_jwt_lifetime_seconds, allowed_targets, version, created_at_ms, created_by, updated_at_ms, "
                + "updated_by) VALUES (@Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM federation_issuers), "
                + "@OrganizationId, @Name, @Url, @Jwks, @CheckJti, @MaxJwtLifetimeSeconds, @AllowedTargets, @Version, "
                + "@CreatedAt, @CreatedBy, @UpdatedAt, @UpdatedBy)",
            new
            {
                Id = issuer.Id.Value,
                issuer.OrganizationId,
                issuer.Name,
                issuer.Url,
                Jwks = issuer.KeySource.ToJson(),
                CheckJti = issuer.CheckJti ? 1L : 0L,
                issuer.MaxJwtLifetimeSeconds,
                AllowedTargets = string.Join(' ', issuer.AllowedTargets),
                issuer.Version,
                CreatedAt = issuer.Stamps.CreatedAt.ToStore(),
                issuer.Stamps.CreatedBy,
                UpdatedAt = issuer.Stamps.UpdatedAt.ToStore(),
                issuer.Stamps.UpdatedBy,
            }
        ).Unique(FederationConflict.NameTaken);

    public Statement Update(Issuer issuer) => new Statement(
            "UPDATE federation_issuers SET name = @Name, issuer_url = @Url, jwks = @Jwks, check_jti = @CheckJti, "
                + "max_jwt_lifetime_seconds = @MaxJwtLifetimeSeconds, allowed_targets = @AllowedTargets, "
                + "version = @Version, updated_at_ms = @UpdatedAt, updated_by = @UpdatedBy, "
                + "archived_at_ms = @ArchivedAt, archived_by = @ArchivedBy "
                + "WHERE id = @Id AND version = @Version - 1 AND archived_at_ms IS NULL",
            new
            {
                Id = issuer.Id.Value,
                issuer.Name,
                issuer.Url,
                Jwks = issuer.KeySource.ToJson(),
                CheckJti = issuer.CheckJti ? 1L : 0L,
                issuer.MaxJwtLifetimeSeconds,
                AllowedTargets = string.Join(' ', issuer.AllowedTargets),
                issuer.Version,
                UpdatedAt = issuer.Stamps.UpdatedAt.ToStore(),
                issuer.Stamps.UpdatedBy,
                ArchivedAt = issuer.Stamps.ArchivedAt.ToStore(),
                issuer.Stamps.ArchivedBy,
            }
        ).ExpectingOne(FederationConflict.Changed).Unique(FederationConflict.NameTaken);

    public IReadOnlyList<Statement> Archive(Issuer issuer) =>
        [
            // Touches its row only if nobody needs it: the count of rows is the check.
            new Statement(
                "UPDATE federation_issuers SET version = version WHERE id = @Id AND NOT EXISTS "
                    + "(SELECT 1 FROM federation_rules WHERE issuer_id = @Id AND archived_at_ms IS NULL)",
                new { Id = issuer.Id.Value }
            ).ExpectingOne(FederationConflict.InUse),
            Update(issuer),
        ];

    private async ValueTask<IReadOnlyList<Numbered<Issuer>>> QueryAsync(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
        return [.. rows.Select(row => new Numbered<Issuer>(row.Ordinal, row.ToIssuer()))];
    }

    private sealed record Row : StampColumns
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Url { get; init; }

        public required string Jwks { get; init; }

        public long CheckJti { get; init; }

        public long MaxJwtLifetimeSeconds { get; init; }

        public required string AllowedTargets { get; init; }

        public Issuer ToIssuer() =>
            new()
            {
                Id = IssuerId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Url = Url,
                KeySource = KeySourceReader.FromStore(Jwks),
                CheckJti = CheckJti != 0,
                MaxJwtLifetimeSeconds = (int)MaxJwtLifetimeSeconds,
                AllowedTargets =
                [
                    .. AllowedTargets
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(Service.Federation.Issuers.AllowedTarget.Parse),
                ],
                Version = (int)Version,
                Stamps = ToStamps(),
            };
    }
}
