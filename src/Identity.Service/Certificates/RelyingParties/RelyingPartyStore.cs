using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed class RelyingPartyStore(Database database)
{
    private const string Columns =
        "id AS Id, ordinal AS Ordinal, organization_id AS OrganizationId, workspace_id AS WorkspaceId, "
        + "tunnel_id AS TunnelId, name AS Name, service_account_id AS ServiceAccountId, created_by AS CreatedBy, "
        + "created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt";

    public async ValueTask<RelyingParty?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync($"SELECT {Columns} FROM relying_parties WHERE id = @id", new { id }, cancellationToken)
        ).SingleOrDefault();

    public async ValueTask<RelyingParty?> FindBySecretAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM relying_parties WHERE secret_hash = @secretHash AND archived_at_ms IS NULL",
                new { secretHash },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Those of one tunnel, newest first; the number of unarchived ones is bounded.</summary>
    public ValueTask<IReadOnlyList<RelyingParty>> ListAsync(
        TunnelId tunnelId,
        bool includeArchived,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM relying_parties WHERE tunnel_id = @Value "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT 1000",
            new { tunnelId.Value, Archived = includeArchived ? 1L : 0L },
            cancellationToken
        );

    /// <summary>Conflicts: all but <see cref="RelyingPartyConflict.Stale"/>.</summary>
    public IReadOnlyList<Statement> Insert(RelyingParty party, byte[] secretHash, int limit) =>
        [
            // Updates the tunnel's row, which locks it in a database with several writers: count and check become one step.
            new Statement(
                "UPDATE tunnels SET revision = revision WHERE id = @Value AND archived_at_ms IS NULL",
                new { party.TunnelId.Value }
            ).ExpectingOne(RelyingPartyConflict.TunnelArchived),
            new Statement(
                "INSERT INTO relying_parties (id, ordinal, organization_id, workspace_id, tunnel_id, name, "
                    + "secret_hash, service_account_id, created_by, created_at_ms) "
                    + "SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM relying_parties), @OrganizationId, "
                    + "@WorkspaceId, @TunnelId, @Name, @secretHash, @ServiceAccountId, @CreatedBy, @CreatedAt "
                    + "WHERE (SELECT COUNT(*) FROM relying_parties WHERE tunnel_id = @TunnelId "
                    + "AND archived_at_ms IS NULL) < @limit",
                new
                {
                    Id = party.Id.Value,
                    party.OrganizationId,
                    party.WorkspaceId,
                    TunnelId = party.TunnelId.Value,
                    party.Name,
                    secretHash,
                    party.ServiceAccountId,
                    party.CreatedBy,
                    CreatedAt = party.CreatedAt.ToStore(),
                    limit,
                }
            ).ExpectingOne(RelyingPartyConflict.LimitReached).Unique(RelyingPartyConflict.NameTaken),
        ];

    /// <summary>Also invalidates its credential. <see cref="RelyingPartyConflict.Stale"/> if archived already.</summary>
    public Statement Archive(RelyingPartyId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE relying_parties SET archived_at_ms = @At, secret_hash = NULL "
                + "WHERE id = @Id AND archived_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne(RelyingPartyConflict.Stale);

    private async ValueTask<IReadOnlyList<RelyingParty>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToParty())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string OrganizationId { get; init; }

        public required string WorkspaceId { get; init; }

        public required string TunnelId { get; init; }

        public required string Name { get; init; }

        public string? ServiceAccountId { get; init; }

        public required string CreatedBy { get; init; }

        public long CreatedAt { get; init; }

        public long? ArchivedAt { get; init; }

        public RelyingParty ToParty() =>
            new()
            {
                Id = RelyingPartyId.Wrap(Id),
                Ordinal = Ordinal,
                OrganizationId = OrganizationId,
                WorkspaceId = WorkspaceId,
                TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
                Name = Name,
                ServiceAccountId = ServiceAccountId,
                CreatedBy = CreatedBy,
                CreatedAt = Instants.FromStore(CreatedAt),
                ArchivedAt = Instants.FromStore(ArchivedAt),
            };
    }
}
