using System.Data.Common;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Backs up one snapshot of an installation while the service runs: no request waits, and all rows are of the same commit.
/// </summary>
internal static class BackupMaker
{
    /// <summary>Writes a new file. Reports each completed table.</summary>
    public static async Task<(BackupHeader Header, long Rows)> WriteAsync(
        ServiceOptions options,
        string path,
        TimeProvider time,
        Action<BackupTable> report,
        CancellationToken cancellationToken
    )
    {
        var unfinished = path + ".partial";
        File.Delete(unfinished);
        try
        {
            (BackupHeader, long) written;
            await using (var target = BackupWriter.Create(unfinished))
            {
                written = await WriteAsync(options, target, time, report, cancellationToken);
                target.Flush(flushToDisk: true);
            }

            PosixFile.RenameNew(unfinished, path);
            return written;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes to a stream, which stays open. The reader refuses an incomplete backup.</summary>
    public static async Task<(BackupHeader Header, long Rows)> WriteAsync(
        ServiceOptions options,
        Stream target,
        TimeProvider time,
        Action<BackupTable> report,
        CancellationToken cancellationToken
    )
    {
        using var database = Store.CreateDatabase(options.StoreSettings);
        database.RequireInstallation();
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var sealer = Store.ProveSealing(options.StoreSettings, connection);
        await connection.ExecuteAsync(database.BeginSnapshot);
        try
        {
            var header = Describe(database, connection, options, time.GetUtcNow());
            return (header, await WriteAsync(target, header, connection, sealer, report, cancellationToken));
        }
        finally
        {
            await connection.ExecuteAsync("ROLLBACK"); // the connection returns to a pool
        }
    }

    private static async Task<long> WriteAsync(
        Stream target,
        BackupHeader header,
        DbConnection connection,
        Sealer sealer,
        Action<BackupTable> report,
        CancellationToken cancellationToken
    )
    {
        using var writer = new BackupWriter(target);
        writer.WriteHeader(header);
        foreach (var table in header.Tables)
        {
            await WriteTableAsync(writer, table, connection, cancellationToken);
            report(table);
        }

        return writer.Finish(sealer, header.InstallationId);
    }

    private static async Task WriteTableAsync(
        BackupWriter writer,
        BackupTable table,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        writer.BeginTable(table);
        await using var command = connection.CreateCommand();
        // The names come from the database's own catalogue.
        command.CommandText =
            $"SELECT {string.Join(", ", table.Columns.Select(column => $"\"{column.Name}\""))} FROM \"{table.Name}\"";
        command.CommandTimeout = 0; // the duration depends on the table's size
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            writer.WriteRow(table, row);
        }
    }

    private static BackupHeader Describe(
        Database database,
        DbConnection connection,
        ServiceOptions options,
        DateTimeOffset now
    )
    {
        // Also fails if the database is newer than this program.
        Migrator.Current.Unapplied(connection);
        var installation = connection.QuerySingle<(string Id, string PublicUrl, string TrustDomain)>(
            "SELECT installation_id, public_url, trust_domain FROM installation"
        );
        var tables = TableOrder.Sort(database.DescribeTables(connection));
        return new BackupHeader(
            Format: BackupHeader.FormatName,
            Version: BackupHeader.FormatVersion,
            MadeAt: now,
            Program: ProductVersion.Text,
            InstallationId: installation.Id,
            PublicUrl: installation.PublicUrl,
            TrustDomain: installation.TrustDomain,
            Migrations: [.. connection.Query<string>("SELECT name FROM migrations ORDER BY number")],
            Tables: tables,
            Chains:
            [
                .. connection
                    .Query<(string Node, long Sequence, byte[] Hash)>(
                        "SELECT j.node, j.sequence, j.hash FROM journal j WHERE j.sequence = "
                            + "(SELECT MAX(l.sequence) FROM journal l WHERE l.node = j.node) ORDER BY j.node"
                    )
                    .Select(row => new BackupChain(row.Node, row.Sequence, Convert.ToHexStringLower(row.Hash))),
            ],
            SealingKeys: FindSealingKeys(connection, options, tables),
            HsmObjects: FindHsmObjects(connection, tables)
        );
    }

    private static List<BackupSealingKey> FindSealingKeys(
        DbConnection connection,
        ServiceOptions options,
        IReadOnlyList<BackupTable> tables
    )
    {
        SortedDictionary<uint, long> values = [];
        foreach (var column in SealedColumn.All.Where(column => Has(tables, column.Table, column.Column)))
        {
            foreach (
                var value in connection.Query<byte[]>(
                    $"SELECT {column.Column} FROM {column.Table} WHERE {column.Column} IS NOT NULL",
                    buffered: false
                )
            )
            {
                var version = Sealer.ReadVersion(value);
                values[version] = values.GetValueOrDefault(version) + 1;
            }
        }

        var keys = Store.ReadKeys(options.StoreSettings);
        return
        [
            .. values.Select(pair => new BackupSealingKey(
                pair.Key,
                keys.FindFingerprint(pair.Key) ?? "not in the present key file",
                pair.Value
            )),
        ];
    }

    private static List<BackupHsmObject> FindHsmObjects(DbConnection connection, IReadOnlyList<BackupTable> tables)
    {
        List<BackupHsmObject> objects =
        [
            .. connection
                .Query<(string Id, string? Label)>(
                    "SELECT id, key_label FROM certificate_authorities WHERE custody = 'pkcs11' "
                        + "AND state NOT IN ('deleted', 'expired') ORDER BY id"
                )
                .Select(row => new BackupHsmObject("certificate_authority", row.Id, row.Label)),
            .. connection
                .Query<string>("SELECT id FROM platform_authorities WHERE sealed_key IS NULL ORDER BY id")
                .Select(id => new BackupHsmObject("platform_authority", id, null)),
        ];
        if (Has(tables, "token_signing_keys", "custody"))
        {
            objects.AddRange(
                connection
                    .Query<string>("SELECT key_id FROM token_signing_keys WHERE custody = 'pkcs11' ORDER BY key_id")
                    .Select(id => new BackupHsmObject("token_signing_key", id, null))
            );
        }

        if (Has(tables, "assertion_signing_keys", "custody"))
        {
            objects.AddRange(
                connection
                    .Query<string>("SELECT key_id FROM assertion_signing_keys WHERE custody = 'pkcs11' ORDER BY key_id")
                    .Select(id => new BackupHsmObject("assertion_signing_key", id, null))
            );
        }

        return objects;
    }

    private static bool Has(IReadOnlyList<BackupTable> tables, string table, string column) =>
        tables.Any(one => one.Name == table && one.Columns.Any(c => c.Name == column));
}
