using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Culvert.Platform.Secrets;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>A database file that one process opens.</summary>
internal sealed partial class SqliteDatabase : Database
{
    // Pooled connections whose settings are already applied; they keep them in the pool.
    private readonly ConditionalWeakTable<sqlite3, object> settled = [];
    private readonly string readConnection;
    private readonly string writeConnection;
    private static readonly object Settled = new();

    // The shared memory of the write-ahead log (-shm) is a file of 32 KiB that SQLite creates again at the first start after
    // a clean stop.
    private const int HeadroomBytes = 128 * 1024;

    static SqliteDatabase()
    {
        // The libe_sqlite3.so that ships with the program; the system's SQLite is not used.
        Batteries_V2.Init();
        raw.FreezeProvider();
        // Statistics are not used, and each allocation would take a process-wide lock for them.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public SqliteDatabase(string file)
    {
        File = file;
        var builder = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite };
        builder.Pooling = true;
        readConnection = builder.ToString();
        builder.Pooling = false;
        writeConnection = builder.ToString();
    }

    /// <summary>The SQLite version in use, such as <c>3.53.4</c>.</summary>
    public static string LibraryVersion => raw.sqlite3_libversion().utf8_to_string();

    public override string File { get; }

    public override bool IsShared => false;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(readConnection);
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (!settled.TryGetValue(connection.Handle!, out _))
            {
                Execute(connection, "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON");
                settled.AddOrUpdate(connection.Handle!, Settled);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static void Create(string file)
    {
        using var stream = new FileStream(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
    }

    public override void RequireInstallation()
    {
        if (!System.IO.File.Exists(File))
        {
            throw new NotInitialisedException($"The store {File} does not exist: run `identity-service init` first.");
        }
    }

    // The state directory is locked: no other node exists.
    public override void Exclude(DbConnection connection) { }

    public override SqliteConnection OpenWrite()
    {
        try
        {
            return Open();
        }
        catch (SqliteException full)
            when (full.SqliteErrorCode is SqliteErrors.Full or SqliteErrors.Io or SqliteErrors.CannotOpen
                && TryReserveHeadroom()
            )
        {
            return Open();
        }
    }

    // Without it, a full disk prevents even reading: see HeadroomBytes.
    public override void ReserveHeadroom()
    {
        if (System.IO.File.Exists(Headroom))
        {
            return;
        }

        try
        {
            PrivateFile.Replace(Headroom, new byte[HeadroomBytes]);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            System.IO.File.Delete(Headroom + ".new");
        }
    }

    private string Headroom => File + "-headroom";

    private bool TryReserveHeadroom()
    {
        var isThere = System.IO.File.Exists(Headroom);
        System.IO.File.Delete(Headroom);
        return isThere;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(writeConnection);
        try
        {
            connection.Open();
            Execute(
                connection,
                // For an inventory of a million certificates, the inner pages of the randomly ordered indexes fit into 8 MB;
                // the others grow at their end. Not more: SQLite walks through all cached pages at nearly every commit.
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; "
                    + "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192; "
                    // Audit bodies are erased and sealed keys replaced: the file must not retain the old content.
                    + "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON"
            );
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override JournalSession OpenSession(StoreNode node, Ordinals ordinals)
    {
        var connection = OpenWrite();
        try
        {
            return new SqliteSession(connection, node, ordinals);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override string AnyOf(string column, string parameter) => $"{column} IN {parameter}";

    public override string BeginSnapshot => "BEGIN DEFERRED";

    public override IReadOnlyList<(BackupTable Table, IReadOnlyList<string> RefersTo)> DescribeTables(
        DbConnection connection
    ) =>
        [
            .. connection
                .Query<string>(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' "
                        + "AND name <> 'migrations' ORDER BY name"
                )
                .AsList()
                .Select(name =>
                    (
                        new BackupTable(name, ReadColumns(connection, name)),
                        (IReadOnlyList<string>)
                            connection
                                .Query<string>(
                                    "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(@name)",
                                    new { name }
                                )
                                .AsList()
                    )
                ),
        ];

    private static List<BackupColumn> ReadColumns(DbConnection connection, string table) =>
        [
            .. connection
                .Query<(string Name, string Type)>(
                    "SELECT name, type FROM pragma_table_info(@table) ORDER BY cid",
                    new { table }
                )
                .Select(column => new BackupColumn(
                    column.Name,
                    column.Type switch
                    {
                        "BIGINT" => BackupColumnType.Number,
                        "TEXT" => BackupColumnType.Text,
                        "BLOB" => BackupColumnType.Bytes,
                        _ => throw new InvalidOperationException($"{table}.{column.Name} is a {column.Type}."),
                    }
                )),
        ];

    /// <summary>
    /// Writes a check of three or more values as comparisons: for an IN list, SQLite fills a temporary table at each
    /// evaluation of the check.
    /// </summary>
    public override string Translate(string migration) => ListCheck().Replace(migration, ToComparisons);

    private static string ToComparisons(Match check)
    {
        var column = check.Groups["column"];
        var comparisons = check.Groups["value"].Captures.Select(value => $"{column} = {value}");
        return $"CHECK ({string.Join(" OR ", comparisons)})";
    }

    public override void Dispose()
    {
        using var connection = new SqliteConnection(readConnection);
        SqliteConnection.ClearPool(connection);
    }

    [GeneratedRegex(
        @"CHECK \((?<column>\w+) IN \(\s*(?<value>'[^']*'|\w+)(?:\s*,\s*(?<value>'[^']*'|\w+))*\s*\)\)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex ListCheck();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
