using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>Makes a batch command of a portable statement; a null keeps the type of its property.</summary>
internal static class StatementBinder
{
    public static NpgsqlBatchCommand Bind(Statement statement)
    {
        var sql = PostgresDialect.Compile(statement.Sql);
        var command = new NpgsqlBatchCommand(sql.Text);
        Add(command.Parameters, sql, statement.Parameters);
        return command;
    }

    /// <summary>
    /// Returns the fewest equivalent commands, each with its expected rows: consecutive statements that only check that a
    /// row exists are merged. A command costs the database more than such a check.
    /// </summary>
    public static IEnumerable<(NpgsqlBatchCommand Command, int? ExpectedRows)> BindTogether(
        IReadOnlyList<Statement> statements
    )
    {
        for (var i = 0; i < statements.Count; i++)
        {
            var from = i;
            while (IsQuestion(statements[i]) && i + 1 < statements.Count && IsQuestion(statements[i + 1]))
            {
                i++;
            }

            yield return from == i
                ? (Bind(statements[i]), statements[i].ExpectedRows)
                : (BindQuestions(statements, from, i), 1);
        }
    }

    private static bool IsQuestion(Statement statement) =>
        statement.ExpectedRows == 1 && statement.Sql.StartsWith("SELECT ", StringComparison.Ordinal);

    private static NpgsqlBatchCommand BindQuestions(IReadOnlyList<Statement> statements, int from, int to)
    {
        var command = new NpgsqlBatchCommand();
        var text = new StringBuilder("SELECT 1 WHERE ");
        for (var i = from; i <= to; i++)
        {
            var sql = PostgresDialect.Compile(statements[i].Sql, command.Parameters.Count + 1);
            text.Append(i == from ? "" : " AND ")
                .Append("(SELECT COUNT(*) FROM (")
                .Append(sql.Text)
                .Append(") AS f) = 1");
            Add(command.Parameters, sql, statements[i].Parameters);
        }

        command.CommandText = text.ToString();
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, PositionalSql sql, object? source)
    {
        foreach (var name in sql.Names)
        {
            var parameter = StatementParameter.Find(source?.GetType(), name);
            parameters.Add(CreateParameter(parameter.Type, parameter.Getter.Invoke(source)));
        }
    }

    private static NpgsqlParameter CreateParameter(Type type, object? value) =>
        new()
        {
            NpgsqlDbType = ToPostgresType(Nullable.GetUnderlyingType(type) ?? type),
            Value = value is string text ? Storable(text) : value ?? DBNull.Value,
        };

    // PostgreSQL cannot store NUL in a text (and SQLite's tools stop reading there), or invalid UTF-8 such as half a
    // surrogate pair. One such text would fail its whole batch.
    private static string Storable(string text)
    {
        text = text.Replace('\0', '\uFFFD');
        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))
            : text;
    }

    private static NpgsqlDbType ToPostgresType(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Int64 => NpgsqlDbType.Bigint,
            TypeCode.Int32 => NpgsqlDbType.Integer,
            TypeCode.String => NpgsqlDbType.Text,
            _ when type == typeof(byte[]) => NpgsqlDbType.Bytea,
            // A column is BIGINT, TEXT or BLOB in every database: booleans are stored as 0 and 1.
            _ => throw new ArgumentException($"A statement's parameter cannot be a {type.Name}."),
        };
}
