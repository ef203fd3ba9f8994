using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Health;

internal sealed class CertificateHealthStore(Database database)
{
    private const string PlatformSql =
        "SELECT 'platform_' || p.tier, p.id, 'platform ' || p.tier, p.not_after_ms FROM platform_authorities p "
        + "WHERE p.sealed_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM platform_authorities n WHERE n.tier = p.tier "
        + "AND n.sealed_key IS NOT NULL AND n.not_after_ms > p.not_after_ms) ";

    private const string AuthoritiesSql =
        PlatformSql
        + "UNION ALL SELECT 'certificate_authority', id, name, not_after_ms FROM certificate_authorities "
        + "WHERE state IN ('staged', 'active', 'suspended') AND not_after_ms IS NOT NULL "
        + "ORDER BY 4, 2 LIMIT @count";

    private const string ListsSql =
        "SELECT l.ca_id, MIN(l.this_update_ms), MIN(l.next_update_ms), "
        + "SUM(CASE WHEN l.wanted <> l.built THEN 1 ELSE 0 END), MIN(l.number) FROM revocation_lists l "
        + "JOIN certificate_authorities a ON a.id = l.ca_id WHERE a.not_after_ms >= @now "
        + "AND a.state IN ('staged', 'active', 'suspended', 'retiring', 'tainted') "
        + "AND (@organizationId IS NULL OR a.organization_id = @organizationId) "
        + "GROUP BY l.ca_id ORDER BY 3, 1 LIMIT @count";

    private const string LagsSql =
        "SELECT t.id, t.bundle_epoch, COUNT(*), (SELECT MAX(CASE WHEN r.archived_at_ms IS NULL THEN r.added_at_ms "
        + "ELSE r.archived_at_ms END) FROM registered_certificates r WHERE r.tunnel_id = t.id) "
        + "FROM bundle_holders h JOIN tunnels t ON t.id = h.tunnel_id WHERE h.kind = 'agent' "
        + "AND h.heard_at_ms >= @heardSince AND h.acknowledged_epoch < t.bundle_epoch AND t.archived_at_ms IS NULL "
        + "GROUP BY t.id, t.bundle_epoch ORDER BY 3 DESC, 1 LIMIT @count";

    /// <summary>The newest platform authorities and the live tunnel authorities, earliest expiry first.</summary>
    public async ValueTask<IReadOnlyList<AuthorityEnd>> ListAuthoritiesAsync(
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Type, string Id, string Name, long NotAfter)>(
            AuthoritiesSql,
            new { count },
            cancellationToken
        );
        return [.. rows.Select(row => new AuthorityEnd(row.Type, row.Id, row.Name, Instants.FromStore(row.NotAfter)))];
    }

    public async ValueTask<IReadOnlyList<AuthorityEnd>> ListPlatformAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Type, string Id, string Name, long NotAfter)>(
            PlatformSql + "ORDER BY 4, 2",
            cancellationToken
        );
        return [.. rows.Select(row => new AuthorityEnd(row.Type, row.Id, row.Name, Instants.FromStore(row.NotAfter)))];
    }

    /// <summary>Unexpired authorities that publish lists, earliest list expiry first.</summary>
    /// <param name="organizationId">Null = all.</param>
    public async ValueTask<IReadOnlyList<ListAge>> ListListsAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken,
        string? organizationId = null
    )
    {
        var rows = await database.QueryAsync<(
            string CaId,
            long ThisUpdate,
            long NextUpdate,
            long Waiting,
            long Number
        )>(
            ListsSql,
            new
            {
                now = now.ToStore(),
                count,
                organizationId,
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row =>
                row.Number == 0
                    ? new ListAge(row.CaId, null, null, row.Waiting)
                    : new ListAge(
                        row.CaId,
                        Instants.FromStore(row.ThisUpdate),
                        Instants.FromStore(row.NextUpdate),
                        row.Waiting
                    )
            ),
        ];
    }

    /// <summary>Tunnels with lagging agents that called since then, most lagging agents first.</summary>
    public async ValueTask<IReadOnlyList<BundleLag>> ListLagsAsync(
        DateTimeOffset heardSince,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string TunnelId, long Epoch, long Agents, long? ChangedAt)>(
            LagsSql,
            new { heardSince = heardSince.ToStore(), count },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new BundleLag(
                row.TunnelId,
                row.Epoch,
                row.Agents,
                Instants.FromStore(row.ChangedAt)
            )),
        ];
    }
}
