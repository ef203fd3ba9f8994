using System.Text;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// The operator's SELECT over the tables of a tool's steps. It was compiled once against these tables; each run has a database
/// of its own, which holds nothing but the rows of one call.
/// </summary>
internal sealed class JoinQuery
{
    // The rows that are loaded between two checks of the deadline.
    private const int RowsPerCheck = 256;

    // One statement inserts as many rows as have so many values: it costs more to run than a row does.
    private const int ValuesPerInsert = 60;

    private readonly byte[] sql;
    private readonly IReadOnlyList<JoinTable> tables;

    internal JoinQuery(
        string sql,
        IReadOnlyList<JoinTable> tables,
        IReadOnlyList<string> columns,
        IReadOnlyList<string> parameters
    )
    {
        this.sql = Encoding.UTF8.GetBytes(sql);
        this.tables = tables;
        Columns = columns;
        Parameters = parameters;
    }

    /// <summary>The names of the result's columns, each once.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The names of the parameters, without the colon.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>The claims of the caller among the parameters.</summary>
    public IEnumerable<string> Claims =>
        Parameters
            .Where(p => p.StartsWith(JoinCompiler.ClaimPrefix, StringComparison.Ordinal))
            .Select(p => p[JoinCompiler.ClaimPrefix.Length..]);

    /// <summary>Runs the statement on this thread.</summary>
    /// <param name="rows">The rows of each table, in the order in which the tables were declared.</param>
    /// <param name="parameters">A parameter that is not there is null.</param>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public JoinResult Run(
        IReadOnlyList<IReadOnlyList<SqlValue[]>> rows,
        IReadOnlyDictionary<string, SqlValue> parameters,
        JoinBounds bounds,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var guard = new SqlGuard(time, bounds.Limit, cancellationToken);
            using var database = new SqliteDatabase(bounds.MaxHeapBytes, time.GetUtcNow());
            CreateTables(database, tables);
            database.SetGuard(guard);
            var failure = Load(database, guard, rows);
            if (failure is null)
            {
                database.SetAuthorizer(new SqlAuthorizer(tables));
                return Select(database, guard, parameters, bounds, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return JoinResult.Failed(failure);
        }
        catch (SqlMemoryException)
        {
            return JoinResult.Failed(JoinFailure.Memory);
        }
    }

    internal static void CreateTables(SqliteDatabase database, IReadOnlyList<JoinTable> tables)
    {
        // Without types: a value stays what it is in JSON.
        foreach (var table in tables)
        {
            database.Execute($"CREATE TABLE {Quote(table.Name)} ({string.Join(", ", table.Columns.Select(Quote))})");
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private JoinFailure? Load(SqliteDatabase database, SqlGuard guard, IReadOnlyList<IReadOnlyList<SqlValue[]>> rows)
    {
        database.Execute("BEGIN");
        for (var i = 0; i < tables.Count; i++)
        {
            if (Load(database, guard, tables[i], rows[i]) is { } failure)
            {
                return failure;
            }
        }

        database.Execute("COMMIT");
        return null;
    }

    private static JoinFailure? Load(
        SqliteDatabase database,
        SqlGuard guard,
        JoinTable table,
        IReadOnlyList<SqlValue[]> rows
    )
    {
        var most = Math.Max(1, ValuesPerInsert / table.Columns.Count);
        var whole = rows.Count - (rows.Count % most);
        return Insert(database, guard, table, rows, 0, whole, most)
            ?? Insert(database, guard, table, rows, whole, rows.Count, rows.Count - whole);
    }

    /// <summary>Inserts the rows from one index to another, so many with each run of a statement.</summary>
    private static JoinFailure? Insert(
        SqliteDatabase database,
        SqlGuard guard,
        JoinTable table,
        IReadOnlyList<SqlValue[]> rows,
        int from,
        int to,
        int atOnce
    )
    {
        if (from == to)
        {
            return null;
        }

        var row = $"({string.Join(", ", table.Columns.Select(_ => "?"))})";
        var insert = $"INSERT INTO {Quote(table.Name)} VALUES {string.Join(", ", Enumerable.Repeat(row, atOnce))}";
        var code = database.TryPrepare(Encoding.UTF8.GetBytes(insert), out var statement);
        using (statement)
        {
            for (var i = from; i < to && code == SqliteApi.Ok; i += atOnce)
            {
                if (i % RowsPerCheck < atOnce && guard.MustStop())
                {
                    return JoinFailure.Deadline;
                }

                code = Insert(statement!, rows, i, atOnce);
            }
        }

        return code == SqliteApi.Ok ? null : JoinFailure.From(code, database, guard);
    }

    private static int Insert(SqliteStatement statement, IReadOnlyList<SqlValue[]> rows, int from, int count)
    {
        var place = 0;
        for (var i = from; i < from + count; i++)
        {
            foreach (ref readonly var value in rows[i].AsSpan())
            {
                if (statement.Bind(++place, value) is not SqliteApi.Ok and var code)
                {
                    return code;
                }
            }
        }

        var end = statement.Step();
        statement.Reset();
        return end == SqliteApi.Done ? SqliteApi.Ok : end;
    }

    private JoinResult Select(
        SqliteDatabase database,
        SqlGuard guard,
        IReadOnlyDictionary<string, SqlValue> parameters,
        JoinBounds bounds,
        CancellationToken cancellationToken
    )
    {
        var code = database.TryPrepare(sql, out var statement);
        using (statement)
        {
            for (var i = 0; i < Parameters.Count && code == SqliteApi.Ok; i++)
            {
                code = statement!.Bind(i + 1, parameters.GetValueOrDefault(Parameters[i]));
            }

            var rows = new List<SqlValue[]>();
            var bytes = 0L;
            while (code == SqliteApi.Ok && (code = statement!.Step()) == SqliteApi.Row)
            {
                if (rows.Count == bounds.MaxRows)
                {
                    return new JoinResult(rows, HasMore: true, null);
                }

                var row = new SqlValue[Columns.Count];
                for (var i = 0; i < row.Length; i++)
                {
                    if (!statement.TryRead(i, out row[i]))
                    {
                        return JoinResult.Failed(JoinFailure.NoJson(Columns[i]));
                    }

                    bytes += row[i].Text?.Length ?? sizeof(long);
                }

                if (bytes > bounds.MaxResultBytes)
                {
                    return JoinResult.Failed(JoinFailure.Result);
                }

                rows.Add(row);
                code = SqliteApi.Ok;
            }

            if (code == SqliteApi.Done)
            {
                return new JoinResult(rows, HasMore: false, null);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return JoinResult.Failed(JoinFailure.From(code, database, guard));
        }
    }
}
