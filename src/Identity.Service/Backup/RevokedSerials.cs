using System.Data.Common;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>Revoked certificates that a restore learns of from elsewhere.</summary>
internal static class RevokedSerials
{
    // Longer than any server certificate lives (certificates.server_life_max is at most that): its list may forget it then.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(398);

    /// <summary>Puts a revoked certificate on the list that it belongs to.</summary>
    public static void Place(DbConnection connection, string serial)
    {
        var shards = connection.QuerySingleOrDefault<long?>(
            "SELECT p.shards FROM revocation_points p JOIN certificates c ON c.ca_id = p.ca_id WHERE c.serial = @serial",
            new { serial }
        );
        if (shards is { } count)
        {
            connection.Execute(
                "UPDATE certificates SET crl_shard = @shard WHERE serial = @serial",
                new { serial, shard = (long)RevocationShards.GetShard(serial, (int)count) }
            );
        }
    }

    /// <summary>
    /// Takes over a list's entry: of a certificate that the backup has, or of one that was made after it, of which
    /// nothing is known but this.
    /// </summary>
    /// <returns>Whether it is news.</returns>
    public static bool Take(DbConnection connection, string caId, RevokedEntry entry, Ordinals ordinals)
    {
        var serial = entry.SerialHex;
        var reason = RevocationReasons.GetName(entry.Reason);
        var at = entry.RevokedAt.ToStore();
        var known = connection.ExecuteScalar<long>(
            "SELECT COUNT(*) FROM certificates WHERE serial = @serial",
            new { serial }
        );
        if (known == 0)
        {
            Insert(connection, caId, serial, ordinals, entry.RevokedAt);
        }

        var changed = connection.Execute(
            "UPDATE certificates SET revoked_at_ms = @at, revocation_reason = @reason WHERE serial = @serial "
                + "AND revoked_at_ms IS NULL",
            new
            {
                serial,
                reason,
                at,
            }
        );
        Place(connection, serial);
        return changed > 0;
    }

    private static void Insert(
        DbConnection connection,
        string caId,
        string serial,
        Ordinals ordinals,
        DateTimeOffset revokedAt
    )
    {
        var end = revokedAt + LongestLife;
        connection.Execute(
            "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, workspace_id, tunnel_id, ca_id, "
                + "identity, issued_at_ms, not_before_ms, not_after_ms, expires_day) SELECT @id, @ordinal, @serial, "
                + "'server', 'void', a.organization_id, a.workspace_id, a.tunnel_id, a.id, 'lost by a restore', @at, @at, "
                + "@end, @day FROM certificate_authorities a WHERE a.id = @caId",
            new
            {
                id = Identifier.New("cert"),
                ordinal = ordinals.Next(),
                serial,
                caId,
                at = revokedAt.ToStore(),
                end = end.ToStore(),
                day = end.ToUnixTimeSeconds() / 86_400,
            }
        );
    }
}
