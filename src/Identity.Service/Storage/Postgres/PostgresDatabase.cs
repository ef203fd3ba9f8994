using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

internal sealed class PostgresDatabase : Database
{
    /// <summary>The schema of an installation.</summary>
    public const string Schema = "culvert";

    /// <summary>The schema that init uses until it completes.</summary>
    public const string DraftSchema = "culvert_init";

    // Long enough for a busy server, short enough to refuse requests rather than hold them.
    private const int CommandSeconds = 15;
    private const int ConnectSeconds = 5;

    // A node that vanished without closing its connection keeps its name for at most 5 + 3 × 2 s, also while an answer is
    // being sent to it. No effect on Unix sockets.
    private const string KeepAlive =
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=11000";

    // A node that hangs during a change must not block other nodes.
    private const string Idle = "-c idle_in_transaction_session_timeout=10000";

    // No writer waits longer than this for a schema change.
    private const int LockMs = 500;
    private const int LockTries = 120;
    private const string Pause = "SELECT pg_sleep(0.3)";

    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writers;

    public PostgresDatabase(string connection, int maxConnections, string schema = Schema)
    {
        var address = PostgresAddress.Parse(connection);
        address.ApplicationName = "culvert identity-service";
        address.Timeout = ConnectSeconds;
        address.CommandTimeout = CommandSeconds;
        address.CancellationTimeout = 1000;
        address.SearchPath = schema;
        address.IncludeErrorDetail = false;
        // The session must know which statement of a decision was refused.
        address.IncludeFailedBatchedCommand = true;
        address.Enlist = false;
        // The statements are a fixed list of texts: each is prepared from its second use.
        address.MaxAutoPrepare = 400;
        address.AutoPrepareMinUsages = 2;

        address.Pooling = true;
        address.MaxPoolSize = maxConnections;
        address.Options = $"-c default_transaction_read_only=on {KeepAlive}";
        readers = Source(address);

        address.Pooling = false;
        address.Options = $"-c synchronous_commit=on {Idle} {KeepAlive}";
        writers = Source(address);
        SchemaName = schema;
    }

    // Columns use only PostgreSQL's built-in types, so the type catalogue need not be read at each start.
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder address) =>
        new NpgsqlDataSourceBuilder(address.ConnectionString)
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .Build();

    public override string? File => null;

    public override bool IsShared => true;

    public string SchemaName { get; }

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken) =>
        await readers.OpenConnectionAsync(cancellationToken);

    public override void RequireInstallation()
    {
        using var connection = OpenWrite();
        if (!HasInstallation(connection))
        {
            throw new NotInitialisedException(
                $"The database {connection.Database} has no installation: run `identity-service init` first."
            );
        }
    }

    public static bool HasInstallation(NpgsqlConnection connection) =>
        connection.ExecuteScalar<bool>(
            "SELECT to_regclass(@table) IS NOT NULL",
            new { table = Schema + ".installation" }
        );

    // Polls: a connection that waits in the server would block a node that creates an index.
    public override void Exclude(DbConnection connection)
    {
        while (!connection.ExecuteScalar<bool>("SELECT pg_try_advisory_lock(@key)", new { key = LockKey("start") }))
        {
            connection.Execute(Pause);
        }
    }

    // A schema change waits for all users of a table, and later users wait for the change: it times out soon, lets them
    // proceed, and retries.
    public override void ChangeSchema(DbConnection connection, Action<DbTransaction> change)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var transaction = connection.BeginTransaction();
                connection.Execute($"SET LOCAL lock_timeout = {LockMs}", transaction: transaction);
                change(transaction);
                transaction.Commit();
                return;
            }
            catch (PostgresException busy)
                when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && tries < LockTries)
            {
                connection.Execute(Pause);
            }
        }
    }

    // https://www.postgresql.org/docs/current/sql-createindex.html, "Building Indexes Concurrently": an interrupted command
    // leaves an invalid index.
    public override void ChangeIndex(DbConnection connection, IndexChange change)
    {
        const string alone = "CONCURRENTLY";
        var isBroken = connection.ExecuteScalar<bool>(
            "SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(@name) AND NOT indisvalid)",
            new { name = change.Name }
        );
        if (isBroken)
        {
            connection.Execute(
                new IndexChange(change.Name, IsUnique: false, null).ToSql(alone),
                commandTimeout: NoTimeout
            );
        }

        connection.Execute(change.ToSql(alone), commandTimeout: NoTimeout);
    }

    public override IReadOnlyList<string> RunningNodes(DbConnection connection) =>
        connection.ExecuteScalar<bool>("SELECT to_regclass('node_presence') IS NOT NULL")
            ? connection
                .Query<string>(
                    $"SELECT node FROM node_presence WHERE seen_at_ms > {Now} - {NodeExchange.LiveForMs} ORDER BY node"
                )
                .AsList()
            : [];

    /// <summary>The server's clock, shared by all nodes, in the store's format of instants.</summary>
    public const string Now = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

    public override NpgsqlConnection OpenWrite()
    {
        try
        {
            return writers.OpenConnection();
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            throw new StoreException($"The database is not usable: {fault.Message}", fault);
        }
    }

    /// <summary>For the watch of other nodes' changes.</summary>
    public ValueTask<NpgsqlConnection> OpenWatchAsync(CancellationToken cancellationToken) =>
        writers.OpenConnectionAsync(cancellationToken);

    public override JournalSession OpenSession(StoreNode node, Ordinals ordinals)
    {
        var connection = OpenWrite();
        try
        {
            return new PostgresSession(connection, this, node, ordinals);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override string AnyOf(string column, string parameter) => $"{column} = ANY({parameter})";

    public override string BeginSnapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    public override IReadOnlyList<(BackupTable Table, IReadOnlyList<string> RefersTo)> DescribeTables(
        DbConnection connection
    )
    {
        var references = connection
            .Query<(string Table, string Other)>(
                "SELECT child.relname, parent.relname FROM pg_constraint c "
                    + "JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid "
                    + "WHERE c.contype = 'f' AND c.connamespace = to_regnamespace(@schema)",
                new { schema = SchemaName }
            )
            .ToLookup(row => row.Table, row => row.Other);
        return
        [
            .. connection
                .Query<(string Table, string Column, string Type)>(
                    "SELECT c.table_name::text, c.column_name::text, c.data_type::text FROM information_schema.columns c "
                        + "JOIN information_schema.tables t USING (table_schema, table_name) "
                        + "WHERE c.table_schema = @schema AND t.table_type = 'BASE TABLE' AND c.table_name <> 'migrations' "
                        + "ORDER BY c.table_name, c.ordinal_position",
                    new { schema = SchemaName }
                )
                .GroupBy(row => row.Table)
                .Select(table =>
                    (
                        new BackupTable(
                            table.Key,
                            [.. table.Select(row => new BackupColumn(row.Column, ToColumnType(row.Table, row.Type)))]
                        ),
                        (IReadOnlyList<string>)[.. references[table.Key].Distinct()]
                    )
                ),
        ];
    }

    private static BackupColumnType ToColumnType(string table, string type) =>
        type switch
        {
            "bigint" => BackupColumnType.Number,
            "text" => BackupColumnType.Text,
            "bytea" => BackupColumnType.Bytes,
            _ => throw new InvalidOperationException($"A column of {table} is a {type}."),
        };

    public override string Translate(string migration) => PostgresDialect.TranslateMigration(migration);

    /// <summary>
    /// The number of an advisory lock: the same for all nodes of this schema, different for other installations.
    /// </summary>
    public long LockKey(string purpose) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"culvert {SchemaName} {purpose}")));

    public string Channel => SchemaName + "_changes";

    public override void Dispose()
    {
        readers.Dispose();
        writers.Dispose();
    }
}
