using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// Judges each access of a statement while SQLite compiles it: the tables of the steps may be read, and functions called whose
/// result depends on nothing but their arguments and the agent's clock. Everything else is denied.
/// </summary>
internal sealed unsafe class SqlAuthorizer(IReadOnlyList<JoinTable> tables)
{
    // Scalar, aggregate, window, date and time, mathematical functions, as SQLite's manual groups them. A value is never JSON and
    // never bytes, so functions of these are not there.
    private static readonly FrozenSet<string> Functions = """
        abs char coalesce concat concat_ws format glob if ifnull iif instr length like likelihood likely lower ltrim max min
        nullif octet_length printf replace round rtrim sign substr substring trim typeof unicode unlikely upper
        avg count group_concat string_agg sum total
        row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
        date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp
        acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power
        radians sin sinh sqrt tan tanh trunc
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(
        StringComparer.OrdinalIgnoreCase
    );

    [ThreadStatic]
    private static SqlAuthorizer? current;

    private readonly FrozenSet<string> tables = tables
        .Select(t => t.Name)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> AllowedFunctions => Functions;

    /// <summary>What was denied first; null if nothing was.</summary>
    public SqlDenial? Denial { get; private set; }

    /// <summary>Whether a table expression of the statement refers to itself.</summary>
    public bool IsRecursive { get; private set; }

    public void Attach(nint database)
    {
        current = this;
        _ = SqliteApi.sqlite3_set_authorizer(database, &Authorize, 0);
    }

    [UnmanagedCallersOnly]
    private static int Authorize(nint context, int action, byte* first, byte* second, byte* third, byte* fourth) =>
        current!.IsAllowed(action, first, second, third) ? SqliteApi.Ok : SqliteApi.Deny;

    private bool IsAllowed(int action, byte* first, byte* second, byte* schema)
    {
        switch (action)
        {
            case SqliteApi.AuthorizeSelect:
                return true;
            case SqliteApi.AuthorizeRecursive:
                IsRecursive = true;
                return true;
            case SqliteApi.AuthorizeFunction:
                var function = SqliteDatabase.Text(second);
                return Functions.Contains(function) || Deny(new SqlDenial(SqlDenialKind.Function, function));
            case SqliteApi.AuthorizeRead:
                var table = SqliteDatabase.Text(first);
                return tables.Contains(table)
                    || IsExpression(table, second, schema)
                    || Deny(new SqlDenial(SqlDenialKind.Table, table));
            default:
                return Deny(new SqlDenial(SqlDenialKind.Statement, ""));
        }
    }

    // SQLite reports a table expression (WITH) of which no column is used like a table, without a column. It reports virtual
    // tables in the same way: JoinCompiler finds those in the compiled statement.
    private static bool IsExpression(string table, byte* column, byte* schema) =>
        (column is null || *column == 0)
        && (schema is null || *schema == 0)
        && !table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    private bool Deny(SqlDenial denial)
    {
        Denial ??= denial;
        return false;
    }
}

/// <param name="Name">The table or the function; empty for a statement.</param>
internal sealed record SqlDenial(SqlDenialKind Kind, string Name);

internal enum SqlDenialKind
{
    Statement,
    Table,
    Function,
}
