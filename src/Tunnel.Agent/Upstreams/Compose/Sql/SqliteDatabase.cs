using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// A database in memory, for one statement of an operator. The thread that opens it is the only one that uses and disposes
/// it, because the bound on memory and the time belong to the thread.
/// </summary>
internal sealed unsafe class SqliteDatabase : IDisposable
{
    /// <summary>
    /// The size of a value and of a row. A function such as <c>instr</c> runs until its end, whatever the deadline is: with
    /// values of this size none takes longer than a fraction of a second.
    /// </summary>
    public const int MaxRowBytes = 64 << 10;

    public const int MaxSqlBytes = 16 << 10;

    // https://www.sqlite.org/c3ref/c_limit_attached.html
    private static readonly (int Id, int Most)[] Limits =
    [
        (0, MaxRowBytes), // SQLITE_LIMIT_LENGTH
        (1, MaxSqlBytes), // SQLITE_LIMIT_SQL_LENGTH
        (2, 128), // SQLITE_LIMIT_COLUMN
        (3, 100), // SQLITE_LIMIT_EXPR_DEPTH
        (4, 20), // SQLITE_LIMIT_COMPOUND_SELECT
        (5, 25_000), // SQLITE_LIMIT_VDBE_OP
        (6, 32), // SQLITE_LIMIT_FUNCTION_ARG
        (7, 0), // SQLITE_LIMIT_ATTACHED
        (8, 256), // SQLITE_LIMIT_LIKE_PATTERN_LENGTH
        (9, 128), // SQLITE_LIMIT_VARIABLE_NUMBER
        (10, 0), // SQLITE_LIMIT_TRIGGER_DEPTH
        (11, 0), // SQLITE_LIMIT_WORKER_THREADS
    ];

    private static readonly Lazy<bool> Library = new(Prepare);

    private readonly nint handle;

    /// <param name="maxBytes">The bound on the memory of the database and its statements.</param>
    public SqliteDatabase(long maxBytes, DateTimeOffset now)
    {
        _ = Library.Value;
        SqliteMemory.Limit(maxBytes);
        SqliteFiles.SetTime(now);
        fixed (byte* name = ":memory:\0"u8)
        fixed (byte* files = SqliteFiles.Name)
        {
            Require(SqliteApi.sqlite3_open_v2(name, out handle, SqliteApi.OpenInMemory, files));
        }

        try
        {
            SetUp();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Message => Text(SqliteApi.sqlite3_errmsg(handle));

    /// <summary>The byte of the SQL at which the last error is; -1 if it is at none.</summary>
    public int ErrorOffset => SqliteApi.sqlite3_error_offset(handle);

    /// <summary>Runs a statement of the agent's own that returns nothing.</summary>
    public void Execute(string sql)
    {
        Require(TryPrepare(Encoding.UTF8.GetBytes(sql), out var statement));
        using (statement)
        {
            while (statement!.Step() is var code && code != SqliteApi.Done)
            {
                Require(code == SqliteApi.Row ? SqliteApi.Ok : code);
            }
        }
    }

    /// <summary>Returns SQLite's result code; the statement is null if that is an error, or if the SQL has none.</summary>
    public int TryPrepare(ReadOnlySpan<byte> sql, out SqliteStatement? statement)
    {
        nint prepared;
        int code;
        fixed (byte* text = sql)
        {
            code = SqliteApi.sqlite3_prepare_v3(handle, text, sql.Length, 0, out prepared, out _);
        }

        statement = prepared == 0 ? null : new SqliteStatement(prepared);
        return code;
    }

    /// <summary>The authorizer judges each access of the statements that are compiled from now on.</summary>
    public void SetAuthorizer(SqlAuthorizer authorizer) => authorizer.Attach(handle);

    /// <summary>SQLite asks the guard now and then whether the statement continues.</summary>
    public void SetGuard(SqlGuard guard) => guard.Attach(handle);

    public void Dispose()
    {
        _ = SqliteApi.sqlite3_close_v2(handle);
        SqliteMemory.Limit(0);
    }

    internal static string Text(byte* text) =>
        text is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static bool Prepare()
    {
        foreach (var code in (int[])[SqliteMemory.Install(), SqliteApi.sqlite3_initialize(), SqliteFiles.Install()])
        {
            if (code != SqliteApi.Ok)
            {
                throw new InvalidOperationException($"SQLite cannot be set up: {code}.");
            }
        }

        return true;
    }

    private void SetUp()
    {
        foreach (var (id, most) in Limits)
        {
            _ = SqliteApi.sqlite3_limit(handle, id, most);
        }

        // "text" in double quotes is a name, never a value.
        Require(SqliteApi.sqlite3_db_config(handle, SqliteApi.DbConfigDqsDml, 0, null));
        Require(SqliteApi.sqlite3_db_config(handle, SqliteApi.DbConfigDqsDdl, 0, null));
        Execute("PRAGMA temp_store=MEMORY");
        Execute("PRAGMA journal_mode=OFF");
    }

    private void Require(int code)
    {
        if (code == SqliteApi.NoMemory)
        {
            throw new SqlMemoryException();
        }

        if (code != SqliteApi.Ok)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"SQLite failed with {code}: {Message}")
            );
        }
    }
}
