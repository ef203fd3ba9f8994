using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Notices;

internal sealed class NoticeStore(Database database)
{
    // The conditions on leaves are written as their index has them.
    internal const string LeavesSql =
        "SELECT 'certificate', c.id, c.organization_id, c.tunnel_id, c.identity, c.not_before_ms, c.not_after_ms "
        + "FROM certificates c WHERE c.status = 'issued' AND c.revoked_at_ms IS NULL "
        + "AND c.not_after_ms - c.not_before_ms >= 604800000 AND c.not_after_ms >= @from AND c.not_after_ms <= @until "
        + "AND (c.not_after_ms > @from OR c.id > @after) "
        + "AND NOT EXISTS (SELECT 1 FROM certificates n WHERE n.identity = c.identity AND n.kind = c.kind "
        + "AND n.status = 'issued' AND n.revoked_at_ms IS NULL AND n.not_after_ms + 0 > c.not_after_ms) "
        + "ORDER BY c.not_after_ms, c.id LIMIT @count";

    private const string AuthoritiesSql =
        "SELECT 'certificate_authority', id, organization_id, tunnel_id, name, created_at_ms, not_after_ms "
        + "FROM certificate_authorities WHERE state IN ('staged', 'active', 'suspended') "
        + "AND not_after_ms >= @from AND not_after_ms <= @until AND (not_after_ms > @from OR id > @after) "
        + "ORDER BY not_after_ms, id LIMIT @count";

    private const string AnchorsSql =
        "SELECT 'tunnel_certificate', r.id, t.organization_id, r.tunnel_id, r.fingerprint, r.created_at_ms, "
        + "r.expires_at_ms FROM registered_certificates r JOIN tunnels t ON t.id = r.tunnel_id "
        + "WHERE r.archived_at_ms IS NULL AND r.authority_id IS NULL "
        + "AND r.expires_at_ms >= @from AND r.expires_at_ms <= @until AND (r.expires_at_ms > @from OR r.id > @after) "
        + "ORDER BY r.expires_at_ms, r.id LIMIT @count";

    private const string RootsSql =
        "SELECT 'platform_authority', id, NULL, NULL, 'platform root', created_at_ms, not_after_ms "
        + "FROM platform_authorities WHERE tier = 'root' AND not_after_ms >= @from AND not_after_ms <= @until "
        + "AND (not_after_ms > @from OR id > @after) ORDER BY not_after_ms, id LIMIT @count";

    /// <summary>
    /// Authorities, trust-only certificates and long-lived leaves without replacement that expire from <paramref
    /// name="now"/> to <paramref name="until"/>.
    /// </summary>
    public async IAsyncEnumerable<ExpiringSubject> ListExpiringAsync(
        DateTimeOffset now,
        DateTimeOffset until,
        int pageSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var sql in new[] { RootsSql, AuthoritiesSql, AnchorsSql, LeavesSql })
        {
            IReadOnlyList<ExpiringSubject> page;
            var (from, after) = (now, "");
            do
            {
                page = await PageAsync(sql, from, after, until, pageSize, cancellationToken);
                foreach (var subject in page)
                {
                    yield return subject;
                    (from, after) = (subject.NotAfter, subject.Id);
                }
            } while (page.Count == pageSize);
        }
    }

    public async ValueTask<IReadOnlySet<(string Subject, long NotAfter, long Days)>> ListGivenAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string, long, long)>(
            "SELECT subject, not_after_ms, days FROM expiry_notices WHERE not_after_ms >= @now",
            new { now = now.ToStore() },
            cancellationToken
        );
        return rows.ToHashSet();
    }

    /// <summary>Records the notice; a repeat is stale.</summary>
    public Statement Insert(ExpiringSubject subject, int days, DateTimeOffset at) =>
        new Statement(
            "INSERT INTO expiry_notices (subject, not_after_ms, days, noticed_at_ms) "
                + "VALUES (@Id, @NotAfter, @days, @at)",
            new
            {
                subject.Id,
                NotAfter = subject.NotAfter.ToStore(),
                days = (long)days,
                at = at.ToStore(),
            }
        ).Unique();

    private async ValueTask<IReadOnlyList<ExpiringSubject>> PageAsync(
        string sql,
        DateTimeOffset from,
        string after,
        DateTimeOffset until,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(
            string Type,
            string Id,
            string? Organization,
            string? Tunnel,
            string Name,
            long NotBefore,
            long NotAfter
        )>(
            sql,
            new
            {
                from = from.ToStore(),
                after,
                until = until.ToStore(),
                count,
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new ExpiringSubject
            {
                Type = row.Type,
                Id = row.Id,
                OrganizationId = row.Organization,
                TunnelId = row.Tunnel,
                Name = row.Name,
                NotBefore = Instants.FromStore(row.NotBefore),
                NotAfter = Instants.FromStore(row.NotAfter),
            }),
        ];
    }
}
