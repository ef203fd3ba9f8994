using System.Data.Common;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// What no caller has any more after a restore, whatever was or was not revoked since the backup: credentials that the
/// service gave out and can give out again.
/// </summary>
internal static class RestoreCut
{
    // More lists than an authority publishes between two backups: a list's number never comes twice.
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
        ("approvals of calls", "DELETE FROM call_approvals"),
        ("console sessions", "DELETE FROM console_sessions"),
        ("rights of webhooks to decide", "UPDATE webhooks SET can_decide = 0 WHERE can_decide = 1"),
        (
            "credentials of relying parties",
            "UPDATE relying_parties SET secret_hash = NULL WHERE secret_hash IS NOT NULL"
        ),
    ];

    /// <summary>How many of each were cut off.</summary>
    public static IReadOnlyList<(string What, int Count)> Apply(DbConnection connection, DateTimeOffset now)
    {
        List<(string, int)> done = [];
        foreach (var (what, sql) in Steps)
        {
            done.Add((what, connection.Execute(sql, new { now = now.ToStore() })));
        }

        NodeRegister.RetireAll(connection, now);

        // Every list is created again, with a number above all that were published meanwhile.
        connection.Execute(
            "UPDATE revocation_lists SET number = number + @ListNumbers, wanted = wanted + 1",
            new { ListNumbers }
        );
        return done;
    }
}
