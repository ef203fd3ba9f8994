using System.Data.Common;
using System.Security.Cryptography;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Secrets;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Reads a store for the doctor, also while the service runs on it: registers no node, migrates and writes nothing.
/// </summary>
internal static class StoreInspection
{
    // Bounded like the metrics: the first to expire are the relevant ones.
    private const int Most = 200;

    public static async Task<StoreState> ReadAsync(
        ServiceOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var database = Store.CreateDatabase(options.StoreSettings);
            database.RequireInstallation();
            await using var connection = await database.OpenReadAsync(cancellationToken);
            var (sealer, sealingError) = Sealing(options, connection);
            var state = new StoreState
            {
                Pending = [.. Migrator.Current.Unapplied(connection).Select(migration => migration.Name)],
                SealingError = sealingError,
            };
            return state.Pending.Count > 0
                ? state
                : await FillAsync(state, options, database, connection, now, cancellationToken) with
                {
                    Issuers = await IssuersAsync(database, sealer, cancellationToken),
                };
        }
        catch (Exception fault)
            when (fault
                    is StoreException
                        or DbException
                        or SecretUnavailableException
                        or IOException
                        or TimeoutException
            )
        {
            return new StoreState { Error = fault.Message };
        }
    }

    private static async Task<StoreState> FillAsync(
        StoreState state,
        ServiceOptions options,
        Database database,
        DbConnection connection,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var health = new CertificateHealthStore(database);
        var newest = await connection.QueryAsync<long>(
            new CommandDefinition(
                "SELECT (SELECT at_ms FROM journal j WHERE j.node = n.name ORDER BY sequence DESC LIMIT 1) "
                    + "FROM nodes n WHERE EXISTS (SELECT 1 FROM journal j WHERE j.node = n.name)",
                cancellationToken: cancellationToken
            )
        );
        var keys = await connection.QueryAsync<(string Id, string Label, byte[] PublicKey)>(
            new CommandDefinition(
                "SELECT id, key_label, public_key FROM certificate_authorities WHERE key_label IS NOT NULL "
                    + "AND public_key IS NOT NULL AND state IN ('approved', 'staged', 'active', 'suspended', 'retiring') "
                    + "ORDER BY id LIMIT @count",
                new { count = Most },
                cancellationToken: cancellationToken
            )
        );
        var organizations = await connection.QueryAsync<(string Id, string Name, long Tunnels)>(
            new CommandDefinition(
                "SELECT o.id, o.name, COUNT(*) FROM organizations o JOIN tunnels t ON t.organization_id = o.id "
                    + "WHERE t.archived_at_ms IS NULL GROUP BY o.id, o.name ORDER BY COUNT(*) DESC, o.id LIMIT @count",
                new { count = Most },
                cancellationToken: cancellationToken
            )
        );
        var tunnels = await connection.QueryAsync<(string Id, long Anchors, long Slots)>(
            new CommandDefinition(
                "SELECT t.id, COUNT(c.added_at_ms), CAST(COALESCE(SUM(c.occupies_slot), 0) AS BIGINT) FROM tunnels t "
                    + "LEFT JOIN registered_certificates c ON c.tunnel_id = t.id AND c.archived_at_ms IS NULL "
                    + "WHERE t.archived_at_ms IS NULL GROUP BY t.id "
                    + "HAVING COUNT(c.added_at_ms) = 0 OR SUM(c.occupies_slot) >= @slots ORDER BY t.id LIMIT @count",
                new { count = Most, slots = (long)TunnelSlots.Count },
                cancellationToken: cancellationToken
            )
        );
        var exports = new AuditExportStore(database);
        List<(string, DateTimeOffset)> lags = [];
        foreach (var target in options.AuditTargets)
        {
            var behind = await exports.LagsAsync(target.Name, cancellationToken);
            if (behind.Count > 0)
            {
                lags.Add((target.Name, behind.Min(lag => lag.OldestAt)));
            }
        }

        return state with
        {
            AuditLags = lags,
            Organizations = [.. organizations],
            UnusualTunnels = [.. tunnels],
            NewestEntry = newest.Select(at => (DateTimeOffset?)Instants.FromStore(at)).Max(),
            Authorities = await health.ListAuthoritiesAsync(Most, cancellationToken),
            Lists = await health.ListListsAsync(now, Most, cancellationToken),
            HsmKeys = [.. keys],
        };
    }

    private static async Task<IReadOnlyList<StoredIssuer>> IssuersAsync(
        Database database,
        Sealer? sealer,
        CancellationToken cancellationToken
    )
    {
        var issuers = await new IssuerStore(database).LiveAsync(Most, cancellationToken);
        var (kills, pauses) = await new IssuerControlStore(database).AllAsync(cancellationToken);
        var controls = IssuerControls.Build(kills, pauses);
        var kept = sealer is null
            ? new Dictionary<string, StoredKeySet>()
            : await IssuerKeyStore.ReadAsync(database, sealer, NullLogger.Instance, cancellationToken);
        return
        [
            .. issuers.Select(issuer => new StoredIssuer(
                issuer,
                controls.GetValueOrDefault(issuer.Id.Value) ?? IssuerControl.None,
                kept.GetValueOrDefault(issuer.Id.Value) is { } set && set.Source == IssuerKeys.GetSource(issuer)
                    ? set
                    : null
            )),
        ];
    }

    private static (Sealer? Sealer, string? Error) Sealing(ServiceOptions options, DbConnection connection)
    {
        try
        {
            return (Store.ProveSealing(options.StoreSettings, connection), null);
        }
        catch (Exception fault)
            when (fault is StoreException or SecretUnavailableException or IOException or CryptographicException)
        {
            return (null, fault.Message);
        }
    }
}
