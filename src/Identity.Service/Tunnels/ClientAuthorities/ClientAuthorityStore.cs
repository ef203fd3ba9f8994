using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed class ClientAuthorityStore(Database database)
{
    private const string Columns =
        "a.id AS Id, a.ordinal AS Ordinal, a.tunnel_id AS TunnelId, a.fingerprint AS Fingerprint, "
        + "a.certificate_pem AS CertificatePem, a.identities AS Identities, a.created_at_ms AS CreatedAt, "
        + "a.expires_at_ms AS ExpiresAt, a.archived_at_ms AS ArchivedAt";

    public async ValueTask<ClientAuthority?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM client_authorities a WHERE a.id = @id",
                new { id },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Newest first, one more than the page's size if there are more.</summary>
    public ValueTask<IReadOnlyList<ClientAuthority>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM client_authorities a WHERE a.tunnel_id = @Value AND a.ordinal < @Before "
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
            $"SELECT {Columns} FROM client_authorities a JOIN tunnels t ON t.id = a.tunnel_id "
                + "WHERE a.archived_at_ms IS NULL AND t.archived_at_ms IS NULL ORDER BY a.ordinal",
            new { },
            cancellationToken
        );

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.AlreadyRegistered"/>,
    /// <see cref="TunnelConflict.LimitReached"/>.
    /// </summary>
    public IReadOnlyList<Statement> Insert(ClientAuthority authority, int limit)
    {
        var parameters = new
        {
            Id = authority.Id.Value,
            TunnelId = authority.TunnelId.Value,
            authority.Fingerprint,
            LiveKey = $"{authority.TunnelId.Value}/{authority.Fingerprint}",
            authority.CertificatePem,
            Identities = TextList.Join(authority.Identities),
            CreatedAt = authority.CreatedAt.ToStore(),
            ExpiresAt = authority.ExpiresAt.ToStore(),
            limit,
        };
        return
        [
            TunnelLock.Take(parameters),
            new Statement(
                "INSERT INTO client_authorities (id, ordinal, tunnel_id, fingerprint, live_key, certificate_pem, "
                    + "identities, created_at_ms, expires_at_ms) "
                    + "SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM client_authorities), @TunnelId, "
                    + "@Fingerprint, @LiveKey, @CertificatePem, @Identities, @CreatedAt, @ExpiresAt "
                    + "WHERE (SELECT COUNT(*) FROM client_authorities WHERE tunnel_id = @TunnelId "
                    + "AND archived_at_ms IS NULL) < @limit",
                parameters
            )
                .ExpectingOne(TunnelConflict.LimitReached)
                .Unique(TunnelConflict.AlreadyRegistered),
        ];
    }

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived already.</summary>
    public Statement Archive(ClientAuthorityId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE client_authorities SET archived_at_ms = @At, live_key = NULL "
                + "WHERE id = @Id AND archived_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne(TunnelConflict.Stale);

    private async ValueTask<IReadOnlyList<ClientAuthority>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<ClientAuthorityRow>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToAuthority())];
    }
}
