using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed class RelyingPartyStore(Database database)
{
    private static readonly Columns<Row> Table = new("relying_parties");

    public async ValueTask<RelyingParty?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    public async ValueTask<RelyingParty?> FindBySecretAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                " WHERE secret_hash = @secretHash AND archived_at_ms IS NULL",
                new { secretHash },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>
    /// Lists the relying parties of a tunnel, newest first. A tunnel has a bounded number of unarchived ones.
    /// </summary>
    public ValueTask<IReadOnlyList<RelyingParty>> ListAsync(
        TunnelId tunnelId,
        bool includeArchived,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE tunnel_id = @Value "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT 1000",
            new { tunnelId.Value, Archived = includeArchived ? 1L : 0L },
            cancellationToken
        );

    public IReadOnlyList<Statement> Insert(RelyingParty party, byte[] secretHash, int limit)
    {
        var row = Row.Create(party) with { SecretHash = secretHash, Limit = limit };
        return
        [
            TunnelLock.Acquire(row),
            Table
                .InsertWhere(
                    row,
                    "(SELECT COUNT(*) FROM relying_parties WHERE tunnel_id = @TunnelId AND archived_at_ms IS NULL) < @Limit"
                )
                .ExpectingOne(RelyingPartyErrors.Limit.Refuse())
                .Unique(RelyingPartyErrors.NameTaken.Refuse()),
        ];
    }

    /// <summary>Also invalidates its credential. Stale if archived already.</summary>
    public static Statement Archive(RelyingPartyId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE relying_parties SET archived_at_ms = @At, secret_hash = NULL "
                + "WHERE id = @Id AND archived_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne();

    private async ValueTask<IReadOnlyList<RelyingParty>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
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

        [WriteOnly]
        public byte[]? SecretHash { get; init; }

        public string? ServiceAccountId { get; init; }

        public required string CreatedBy { get; init; }

        public long CreatedAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        /// <summary>The most unarchived relying parties of a tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        public static Row Create(RelyingParty party) =>
            new()
            {
                Id = party.Id.Value,
                OrganizationId = party.OrganizationId,
                WorkspaceId = party.WorkspaceId,
                TunnelId = party.TunnelId.Value,
                Name = party.Name,
                ServiceAccountId = party.ServiceAccountId,
                CreatedBy = party.CreatedBy,
                CreatedAtMs = party.CreatedAt.ToStore(),
            };

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
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
            };
    }
}
