using System.Text;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>
/// Checks an operator's SQL when the file is read: it is one SELECT, over the declared tables and columns, with known functions
/// and parameters, and it cannot recur without a limit.
/// </summary>
internal sealed class JoinCompiler
{
    public const string ArgumentPrefix = "argument_";
    public const string ClaimPrefix = "claim_";

    private const long MaxHeapBytes = 16L << 20;

    private readonly string sql;
    private readonly IReadOnlyList<JoinTable> tables;
    private readonly IReadOnlySet<string> arguments;
    private readonly IReadOnlyList<SqlToken> tokens;

    private JoinCompiler(string sql, IReadOnlyList<JoinTable> tables, IReadOnlySet<string> arguments)
    {
        this.sql = sql;
        this.tables = tables;
        this.arguments = arguments;
        tokens = SqlTokens.Read(sql);
    }

    /// <param name="arguments">The names of the arguments that parameters may have.</param>
    /// <returns>Null with an error.</returns>
    public static JoinQuery? Compile(
        string sql,
        IReadOnlyList<JoinTable> tables,
        IReadOnlySet<string> arguments,
        out SqlError? error
    )
    {
        var compiler = new JoinCompiler(sql, tables, arguments);
        error = compiler.CheckForm() ?? compiler.CheckParameters();
        return error is null ? compiler.Compile(out error) : null;
    }

    private SqlError? CheckForm()
    {
        if (
            Encoding.UTF8.GetByteCount(sql) > SqliteDatabase.MaxSqlBytes
            || sql.Contains('\0', StringComparison.Ordinal)
        )
        {
            return new SqlError(
                $"It has a character that is zero, or more than {SqliteDatabase.MaxSqlBytes / 1024} KiB.",
                "Shorten it."
            );
        }

        if (tokens.Count == 0 || !(tokens[0].IsWord("SELECT") || tokens[0].IsWord("WITH")))
        {
            return At(tokens.Count == 0 ? null : tokens[0], "This is not a SELECT.", "Write one SELECT statement.");
        }

        var end = tokens.TakeWhile(t => t.Text != ";" || t.Kind != SqlTokenKind.Other).Count();
        return end + 1 < tokens.Count ? At(tokens[end + 1], "A second statement begins.", "Write one.") : null;
    }

    private SqlError? CheckParameters()
    {
        var unknown = tokens.FirstOrDefault(t => t.Kind == SqlTokenKind.Parameter && !IsParameter(t.Text));
        return unknown is null
            ? null
            : At(
                unknown,
                $"The parameter {unknown.Text} is unknown.",
                arguments.Count == 0
                    ? $"Write :{ClaimPrefix}NAME."
                    : $"Write :{ClaimPrefix}NAME, or :{ArgumentPrefix} with one of {string.Join(", ", arguments)}."
            );
    }

    private bool IsParameter(string text) =>
        text.StartsWith($":{ArgumentPrefix}", StringComparison.Ordinal)
            ? arguments.Contains(text[(ArgumentPrefix.Length + 1)..])
            : text.StartsWith($":{ClaimPrefix}", StringComparison.Ordinal) && text.Length > ClaimPrefix.Length + 1;

    private JoinQuery? Compile(out SqlError? error)
    {
        try
        {
            using var database = new SqliteDatabase(MaxHeapBytes, DateTimeOffset.UnixEpoch);
            JoinQuery.CreateTables(database, tables);
            var authorizer = new SqlAuthorizer(tables);
            database.SetAuthorizer(authorizer);
            var code = database.TryPrepare(Encoding.UTF8.GetBytes(sql), out var statement);
            using (statement)
            {
                error =
                    code != SqliteApi.Ok ? DescribeFailure(database, authorizer)
                    : authorizer.IsRecursive && FindUnlimited() is var recursion and not null ? recursion
                    : HasVirtualTable(database) ? NoTable("A table-valued function is not allowed.", null)
                    : CheckColumns(statement!);
                return error is null ? CreateQuery(statement!) : null;
            }
        }
        catch (SqlMemoryException e)
        {
            error = new SqlError(e.Message, "Shorten it.");
            return null;
        }
    }

    private JoinQuery CreateQuery(SqliteStatement statement) =>
        new(
            sql,
            tables,
            [.. Enumerable.Range(0, statement.ColumnCount).Select(statement.GetColumnName)],
            [.. Enumerable.Range(1, statement.ParameterCount).Select(i => statement.GetParameterName(i)[1..])]
        );

    private SqlError DescribeFailure(SqliteDatabase database, SqlAuthorizer authorizer)
    {
        switch (authorizer.Denial)
        {
            case { Kind: SqlDenialKind.Function, Name: var function }:
                return At(
                    FindName(function),
                    $"The function {function} is not allowed.",
                    "Use another; the documentation lists those that are allowed."
                );
            case { Kind: SqlDenialKind.Table, Name: var table }:
                // SQLite calls its schema sqlite_master, whichever of its names is written.
                var written =
                    FindName(table)
                    ?? tokens.FirstOrDefault(t => t.Text.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase));
                return NoTable($"{written?.Text ?? table} is not a step.", written);
            case { Kind: SqlDenialKind.Statement }:
                return new SqlError("It does more than a SELECT may do.", "Write one SELECT statement.");
            default:
                var message = database.Message;
                var named = FindName(message[(message.LastIndexOfAny([' ', '.', ':']) + 1)..]);
                var offset = database.ErrorOffset;
                return SqlError.At(
                    sql,
                    offset >= 0 ? ToCharacters(offset) : named?.Offset,
                    $"{char.ToUpperInvariant(message[0])}{message[1..]}.",
                    $"The tables are {string.Join(", ", tables.Select(Describe))}."
                );
        }
    }

    private SqlError NoTable(string message, SqlToken? token) =>
        At(token, message, $"Read from {string.Join(", ", tables.Select(t => t.Name))}.");

    private static string Describe(JoinTable table) => $"{table.Name} ({string.Join(", ", table.Columns)})";

    private int ToCharacters(int offset)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        return Encoding.UTF8.GetCharCount(bytes, 0, Math.Min(offset, bytes.Length));
    }

    // The compiled statement lists what it opens. Before, a virtual table looks like a table expression.
    private bool HasVirtualTable(SqliteDatabase database)
    {
        _ = database.TryPrepare(Encoding.UTF8.GetBytes($"EXPLAIN {sql}"), out var statement);
        using (statement)
        {
            while (statement!.Step() == SqliteApi.Row)
            {
                if (statement.TryRead(1, out var operation) && operation.Text == "VOpen")
                {
                    return true;
                }
            }
        }

        return false;
    }

    // SQLite reports that a table expression is recursive, and not which. One that names itself must have a LIMIT of its own.
    private SqlError? FindUnlimited()
    {
        var hasLimit = false;
        for (var i = 1; i < tokens.Count - 1; i++)
        {
            if (!tokens[i].IsWord("AS") || FindName(i) is not { } name || FindBody(i) is not { Count: > 0 } body)
            {
                continue;
            }

            if (body.Any(t => t.IsName(name.Text)))
            {
                if (!body.Any(t => t.Depth == body[0].Depth && t.IsWord("LIMIT")))
                {
                    return At(name, $"{name.Text} may recur without end.", "Write a LIMIT in it.");
                }

                hasLimit = true;
            }
        }

        return hasLimit ? null : new SqlError("It may recur without end.", "Remove the recursion.");
    }

    // The name of a table expression, in front of AS and the optional list of its columns.
    private SqlToken? FindName(int at)
    {
        var before = at - 1;
        if (tokens[before].Text == ")")
        {
            var depth = tokens[before].Depth;
            do
            {
                before--;
            } while (before > 0 && !(tokens[before].Text == "(" && tokens[before].Depth == depth));

            before--;
        }

        return before >= 0 && tokens[before].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName
            ? tokens[before]
            : null;
    }

    private List<SqlToken> FindBody(int at)
    {
        var begin = at + 1;
        while (begin < tokens.Count && (tokens[begin].IsWord("NOT") || tokens[begin].IsWord("MATERIALIZED")))
        {
            begin++;
        }

        return begin < tokens.Count && tokens[begin].Text == "("
            ? [.. tokens.Skip(begin + 1).TakeWhile(t => t.Depth > tokens[begin].Depth)]
            : [];
    }

    private static SqlError? CheckColumns(SqliteStatement statement)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < statement.ColumnCount; i++)
        {
            var name = statement.GetColumnName(i);
            if (!names.Add(name))
            {
                return new SqlError($"The result has two columns {name}.", "Give one another name with AS.");
            }
        }

        return null;
    }

    private SqlToken? FindName(string name) => tokens.FirstOrDefault(t => t.IsName(name));

    private SqlError At(SqlToken? token, string message, string remedy) =>
        SqlError.At(sql, token?.Offset, message, remedy);
}
