using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Ca.Certificates;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Certificates;
using Dapper;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Restores a backup where no installation exists. Everything is checked first; then the store is built under a temporary
/// name, as at init, and renamed in the last step: an interrupted restore leaves nothing and can be repeated.
/// </summary>
/// <param name="services">The service's own services over a store.</param>
internal sealed partial class Restorer(
    ServiceOptions options,
    Func<Store, IServiceCollection> services,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    private const string AuthorityTable = "certificate_authorities";

    /// <summary>Checks everything that can be checked before a byte is written.</summary>
    public RestorePlan Check(string file, RestoreChoice choice)
    {
        StoreDraft.RequireAbsent(options.StoreSettings);
        using var reader = BackupReader.Open(file);
        var header = reader.Header;
        RequireSame("public_url", header.PublicUrl, options.PublicUrl);
        RequireSame("trust_domain", header.TrustDomain, options.TrustDomain);
        var known = Migrator.Current.Known.Select(migration => migration.Name).ToList();
        if (header.Migrations.Except(known).LastOrDefault() is { } newer)
        {
            throw new SchemaException(
                $"The backup is of a newer version: it has {newer}, this version knows up to {known[^1]}. Restore it with "
                    + $"{header.Program} or later."
            );
        }

        RequireKeys(header);
        RequirePlainNames(header.Tables);
        List<(string Id, ParsedCertificate Certificate)> authorities = [];
        foreach (var (table, rows) in reader.Tables())
        {
            // Every row is read: only a complete file is a backup.
            foreach (var row in rows)
            {
                if (table.Name == AuthorityTable && FindAuthority(table, row) is { } authority)
                {
                    authorities.Add(authority);
                }
            }
        }

        var sealer = new Sealer(Store.ReadKeys(options.StoreSettings), header.InstallationId);
        return new RestorePlan
        {
            File = file,
            Header = header,
            Rows = reader.Finish(sealer),
            Digest = reader.Digest,
            Migrations = [.. known.Except(header.Migrations)],
            AfterBackup = ReadLater(header, choice),
            Lists = [.. choice.Lists.Select(path => ReadList(path, authorities))],
        };
    }

    /// <summary>Returns the restrictions. The plan must be recent and made by this program.</summary>
    public async Task<IReadOnlyCollection<Narrowing>> RestoreAsync(
        RestorePlan plan,
        RestoreChoice choice,
        Action<BackupTable, long> report,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        IReadOnlyCollection<Narrowing> narrowed = [];
        using var draft = StoreDraft.Make(
            options.StoreSettings,
            database =>
                Store.Refill(
                    database,
                    options.StoreSettings,
                    plan.Header.Migrations,
                    connection => Load(plan, database, connection, report, cancellationToken),
                    connection => narrowed = Finish(plan, choice, connection, now),
                    loggers.CreateLogger("Culvert.Restore")
                )
        );
        await MakeSigningKeyAsync(draft.Store, cancellationToken);
        draft.Publish();
        return narrowed;
    }

    // The file is read again and may have changed since the check: its rows count only after the same seal was verified for
    // what is read now, and names that are not in the schema are never used in statements.
    private void Load(
        RestorePlan plan,
        Database database,
        DbConnection connection,
        Action<BackupTable, long> report,
        CancellationToken cancellationToken
    )
    {
        using var reader = BackupReader.Open(plan.File);
        RequireKnownNames(reader.Header.Tables, database.DescribeTables(connection).Select(entry => entry.Table));
        using var transaction = connection.BeginTransaction();
        // Migrations insert rows of their own.
        foreach (var table in reader.Header.Tables.Reverse())
        {
            connection.Execute($"DELETE FROM \"{table.Name}\"", transaction: transaction);
        }

        foreach (var (table, rows) in reader.Tables())
        {
            cancellationToken.ThrowIfCancellationRequested();
            report(table, Insert(connection, transaction, table, rows));
        }

        reader.Finish(new Sealer(Store.ReadKeys(options.StoreSettings), plan.Header.InstallationId));
        if (reader.Digest != plan.Digest)
        {
            throw new BackupException(
                "The file was replaced after it was checked: nothing was restored. Copy the backup to a folder that only this "
                    + "user can write to, and restore it from there."
            );
        }

        transaction.Commit();
    }

    private static long Insert(
        DbConnection connection,
        DbTransaction transaction,
        BackupTable table,
        IEnumerable<object?[]> rows
    )
    {
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        // The names are the schema's own.
        insert.CommandText =
            $"INSERT INTO \"{table.Name}\" ({string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""))}) "
            + $"VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var parameter = insert.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            parameter.DbType = table.Columns[i].Type switch
            {
                BackupColumnType.Number => DbType.Int64,
                BackupColumnType.Text => DbType.String,
                _ => DbType.Binary,
            };
            insert.Parameters.Add(parameter);
        }

        long count = 0;
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                insert.Parameters[i].Value = row[i] ?? DBNull.Value;
            }

            insert.ExecuteNonQuery();
            count++;
        }

        return count;
    }

    private List<Narrowing> Finish(RestorePlan plan, RestoreChoice choice, DbConnection connection, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        var cut = RestoreCut.Apply(connection, now);
        // Not the id of a node: no node made these rows.
        var ordinals = new Ordinals(nodeId: 0, time);
        List<Narrowing> narrowed =
        [
            .. new NarrowingAfterBackup(connection, ordinals, now).Apply(plan.AfterBackup?.Events ?? []),
        ];
        foreach (var (file, caId, list) in plan.Lists)
        {
            narrowed.AddRange(
                list.Entries.Where(entry => RevokedSerials.Insert(connection, caId, entry, ordinals))
                    .Select(entry => new Narrowing("certificate", entry.SerialHex, "revoked", Path.GetFileName(file)))
            );
        }

        var record = RestoreRecord.Write(plan, choice.NothingLater, cut, narrowed, now);
        connection.Execute(
            "UPDATE installation SET generation = generation + 1, restored_at_ms = @now, restore_record = @record",
            new { now = now.ToStore(), record }
        );
        transaction.Commit();
        return narrowed;
    }

    // The old keys are deleted: tokens from before the restore, or a key that leaked since, are useless.
    private async Task MakeSigningKeyAsync(Store store, CancellationToken cancellationToken)
    {
        await using var provider = services(store).AddSingleton(loggers).BuildServiceProvider();
        var step = provider.GetServices<IInitStep>().OfType<FirstSigningKey>().Single();
        await step.RunAsync(new InitContext("", ""), cancellationToken);
    }

    private void RequireKeys(BackupHeader header)
    {
        var keys = Store.ReadKeys(options.StoreSettings);
        foreach (var needed in header.SealingKeys)
        {
            var present = keys.FindFingerprint(needed.Version);
            if (present is null || (needed.Fingerprint.Length == present.Length && needed.Fingerprint != present))
            {
                throw new BackupException(
                    $"The backup needs version {needed.Version} of the sealing key, SHA-256 {needed.Fingerprint}, for "
                        + $"{needed.Values} secrets; keys.sealing_key has "
                        + (present is null ? "no such version." : $"another key exists there ({present}).")
                );
            }
        }
    }

    // Names that no version's schema has are refused before anything is written.
    private static void RequirePlainNames(IEnumerable<BackupTable> tables)
    {
        if (tables.SelectMany(GetNames).Any(name => !PlainName().IsMatch(name)))
        {
            throw UnknownName();
        }
    }

    private static void RequireKnownNames(IEnumerable<BackupTable> tables, IEnumerable<BackupTable> schema)
    {
        var known = schema.ToDictionary(
            table => table.Name,
            table => table.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        if (
            tables.Any(table =>
                !known.TryGetValue(table.Name, out var columns) || !columns.IsSupersetOf(GetNames(table)[1..])
            )
        )
        {
            throw UnknownName();
        }
    }

    private static string[] GetNames(BackupTable table) => [table.Name, .. table.Columns.Select(column => column.Name)];

    private static BackupException UnknownName() =>
        new(
            "The backup names a table or column that the schema does not have: it was not written by this product. Use "
                + "another backup."
        );

    [GeneratedRegex("^[a-z][a-z0-9_]*\\z")]
    private static partial Regex PlainName();

    private static HistoryAfterBackup? ReadLater(BackupHeader header, RestoreChoice choice)
    {
        if (choice.Exports.Count == 0)
        {
            return choice.NothingLater
                ? null
                : throw new BackupException(
                    $"Everything revoked after {header.MadeAt:u} would be valid again. Give the audit exports that were "
                        + "made since (--later FILE), or confirm that nothing was changed after the backup (--nothing-later)."
                );
        }

        var later = HistoryAfterBackup.Read(header.Chains, choice.Exports);
        return later.Unreadable == 0 || choice.NothingLater
            ? later
            : throw new BackupException(
                $"Of {later.Unreadable} later entries the exports have only the digest: they belong to another organization, "
                    + "or were left out. Give the exports of every organization."
            );
    }

    private static (string Id, ParsedCertificate Certificate)? FindAuthority(BackupTable table, object?[] row)
    {
        var chain = Value("chain_pem");
        return
            chain is not null
            && CertificatePem.TryRead(chain, out var read)
            && ParsedCertificate.TryParse(read[0].RawData) is { } certificate
            ? (Value("id")!, certificate)
            : null;

        string? Value(string name) => (string?)row[table.Columns.TakeWhile(column => column.Name != name).Count()];
    }

    // Verified with the authority's certificate in the backup.
    private static RevocationListAfterBackup ReadList(
        string path,
        IReadOnlyList<(string Id, ParsedCertificate Certificate)> authorities
    )
    {
        byte[] encoded;
        try
        {
            encoded = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {e.Message}", e);
        }

        var text = Encoding.Latin1.GetString(encoded);
        if (PemEncoding.TryFind(text, out var fields))
        {
            encoded = Convert.FromBase64String(text[fields.Base64Data]);
        }

        var list =
            ParsedRevocationList.TryParse(encoded) ?? throw new BackupException($"{path} is not a revocation list.");
        foreach (var (id, certificate) in authorities)
        {
            if (list.IsSignedBy(certificate))
            {
                return new RevocationListAfterBackup(path, id, list);
            }
        }

        throw new BackupException($"{path} is not signed by an authority of the backup.");
    }

    private static void RequireSame(string key, string saved, string configured)
    {
        if (saved != configured)
        {
            throw new BackupException(
                $"{key} is fixed by init: the backup has {saved}, the configuration has {configured}."
            );
        }
    }
}
