using System.Data.Common;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Removes credentials of all callers after a restore, regardless of changes since the backup: those that the service issued
/// and can issue again.
/// </summary>
internal static class RestoreCut
{
    // More lists than an authority publishes between two backups, so that list numbers are never reused.
    private const long ListNumbers = 1 << 20;

    private static readonly (string What, string Sql)[] Steps =
    [
        ("admin keys", "UPDATE admin_keys SET revoked_at_ms = @now WHERE revoked_at_ms IS NULL"),
        ("enrolments of agents", "UPDATE enrollments SET revoked_at_ms = @now WHERE revoked_at_ms IS NULL"),
        (
            "enrolments of edges",
            "UPDATE edge_enrollments SET revoked_at_ms = @now WHERE revoked_at_ms IS NULL OR revoked_at_ms < last_proof_ms"
        ),
        (
            "machine certificates",
            "UPDATE certificates SET revoked_at_ms = @now, revocation_reason = 'superseded' "
                + "WHERE kind IN ('agent', 'edge', 'service') AND status = 'issued' AND revoked_at_ms IS NULL "
                + "AND not_after_ms > @now"
        ),
        ("token signing keys", "DELETE FROM token_signing_keys"),
        ("signing keys of upstream assertions", "DELETE FROM assertion_signing_keys"),
        ("approvals of calls", "DELETE FROM call_approvals"),
        ("console sessions", "DELETE FROM console_sessions"),
        ("sign-ins of people to routes", "DELETE FROM oauth_grants"),
        ("grants of people at upstreams", "DELETE FROM connection_grants"),
        ("rights of webhooks to decide", "UPDATE webhooks SET can_decide = 0 WHERE can_decide = 1"),
        (
            "credentials of relying parties",
            "UPDATE relying_parties SET secret_hash = NULL WHERE secret_hash IS NOT NULL"
        ),
    ];

    public static IReadOnlyList<(string What, int Count)> Apply(DbConnection connection, DateTimeOffset now)
    {
        List<(string, int)> done = [];
        foreach (var (what, sql) in Steps)
        {
            done.Add((what, connection.Execute(sql, new { now = now.ToStore() })));
        }

        NodeRegister.RetireAll(connection, now);

        // Every list is created again, with a number above those published meanwhile.
        connection.Execute(
            "UPDATE revocation_lists SET number = number + @ListNumbers, wanted = wanted + 1",
            new { ListNumbers }
        );
        return done;
    }
}
