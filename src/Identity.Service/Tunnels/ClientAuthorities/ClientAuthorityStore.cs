using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed class ClientAuthorityStore(Database database)
{
    private static readonly Columns<Row> Table = new("client_authorities", "a");

    public async ValueTask<ClientAuthority?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE a.id = @id", new { id }, cancellationToken)).SingleOrDefault();

    /// <summary>Newest first, one more than the page's size if there are more.</summary>
    public ValueTask<IReadOnlyList<ClientAuthority>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE a.tunnel_id = @Value AND a.ordinal < @Before "
                + "AND (@Archived = 1 OR a.archived_at_ms IS NULL) ORDER BY a.ordinal DESC LIMIT @Count",
            new
            {
                tunnelId.Value,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>The unarchived ones of all unarchived tunnels, for edges.</summary>
    public ValueTask<IReadOnlyList<ClientAuthority>> ListLiveAsync(CancellationToken cancellationToken) =>
        QueryAsync(
            " JOIN tunnels t ON t.id = a.tunnel_id "
                + "WHERE a.archived_at_ms IS NULL AND t.archived_at_ms IS NULL ORDER BY a.ordinal",
            null,
            cancellationToken
        );

    public IReadOnlyList<Statement> Insert(ClientAuthority authority, int limit)
    {
        var row = Row.Create(authority) with { Limit = limit };
        return
        [
            TunnelLock.Acquire(row),
            Table
                .InsertWhere(
                    row,
                    "(SELECT COUNT(*) FROM client_authorities WHERE tunnel_id = @TunnelId AND archived_at_ms IS NULL) < @Limit"
                )
                .ExpectingOne(TunnelErrors.ClientAuthorityLimit.Refuse())
                .Unique(TunnelErrors.ClientAuthorityTaken.Refuse()),
        ];
    }

    /// <summary>Archives an authority. The statement is stale if the authority is already archived.</summary>
    public static Statement Archive(ClientAuthorityId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE client_authorities SET archived_at_ms = @At, live_key = NULL "
                + "WHERE id = @Id AND archived_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne();

    private async ValueTask<IReadOnlyList<ClientAuthority>> QueryAsync(
        string condition,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToAuthority())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string TunnelId { get; init; }

        public required string Fingerprint { get; init; }

        /// <summary>Unique until the authority is archived.</summary>
        [WriteOnly]
        public string? LiveKey { get; init; }

        public required string CertificatePem { get; init; }

        public required string Identities { get; init; }

        public long CreatedAtMs { get; init; }

        public long ExpiresAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        /// <summary>The most unarchived authorities of a tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        public static Row Create(ClientAuthority authority) =>
            new()
            {
                Id = authority.Id.Value,
                TunnelId = authority.TunnelId.Value,
                Fingerprint = authority.Fingerprint,
                LiveKey = $"{authority.TunnelId.Value}/{authority.Fingerprint}",
                CertificatePem = authority.CertificatePem,
                Identities = TextList.Join(authority.Identities),
                CreatedAtMs = authority.CreatedAt.ToStore(),
                ExpiresAtMs = authority.ExpiresAt.ToStore(),
            };

        public ClientAuthority ToAuthority() =>
            new()
            {
                Id = ClientAuthorityId.Wrap(Id),
                Ordinal = Ordinal,
                TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
                Fingerprint = Fingerprint,
                CertificatePem = CertificatePem,
                Identities = TextList.Split(Identities),
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
            };
    }
}
