using System.Data.Common;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>Applies revocations that a restore learns from sources other than the backup.</summary>
internal static class RevokedSerials
{
    // At least the maximum of certificates.server_life_max: a list may drop an entry after this time.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(398);

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
    /// Applies an entry of a revocation list: for a certificate in the backup, or for a later one that is otherwise unknown.
    /// </summary>
    /// <returns>Whether it is new.</returns>
    public static bool Insert(DbConnection connection, string caId, RevokedEntry entry, Ordinals ordinals)
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

    /// <summary>
    /// Adds a certificate that was signed after the backup, according to the audit. Its bytes are not in the audit, so the
    /// row is that of a signature whose record was lost. Does nothing if the backup has its serial number.
    /// </summary>
    /// <returns>
    /// Its serial number, and whether it belongs to a machine: an agent, an edge or a node of the service.
    /// </returns>
    public static (string Serial, bool IsMachine) Apply(
        DbConnection connection,
        EventAfterBackup later,
        Ordinals ordinals
    )
    {
        var serial = Text("serial")!;
        var kind = WireNames.Parse<CertificateKind>(Text("kind")!);
        var notAfter = later.Data.GetProperty("not_after").GetDateTimeOffset();
        connection.Execute(
            "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, workspace_id, tunnel_id, "
                + "enrollment_id, edge_id, ca_id, identity, issued_at_ms, not_before_ms, not_after_ms, expires_day) "
                + "VALUES (@id, @ordinal, @serial, @kind, 'void', "
                + "COALESCE((SELECT organization_id FROM tunnels WHERE id = @tunnel), "
                + "(SELECT organization_id FROM edge_enrollments WHERE edge_id = @edge)), "
                + "(SELECT workspace_id FROM tunnels WHERE id = @tunnel), @tunnel, @enrollment, @edge, @ca, @identity, "
                + "@at, @notBefore, @notAfter, @day) ON CONFLICT (serial) DO NOTHING",
            new
            {
                id = Text("certificate_id"),
                ordinal = ordinals.Next(),
                serial,
                kind = WireNames.Get(kind),
                tunnel = Text("tunnel_id"),
                enrollment = Text("enrollment_id"),
                edge = Text("edge_id"),
                ca = Text("ca_id"),
                identity = Text("identity"),
                at = later.At.ToStore(),
                notBefore = later.Data.GetProperty("not_before").GetDateTimeOffset().ToStore(),
                notAfter = notAfter.ToStore(),
                day = notAfter.ToUnixTimeSeconds() / 86_400,
            }
        );
        return (serial, kind != CertificateKind.Server);

        string? Text(string name) => later.Data.TryGetProperty(name, out var value) ? value.GetString() : null;
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
