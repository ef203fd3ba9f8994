using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>Makes a batch command of a portable statement; a null keeps the type of its property.</summary>
internal static class StatementBinder
{
    private static readonly ConcurrentDictionary<(Type, string), PropertyInfo> Properties = new();

    public static NpgsqlBatchCommand Bind(Statement statement)
    {
        var sql = PostgresDialect.Compile(statement.Sql);
        var command = new NpgsqlBatchCommand(sql.Text);
        foreach (var name in sql.Names)
        {
            var source = statement.Parameters ?? throw new ArgumentException($"No parameters, but @{name}.");
            var property = Properties.GetOrAdd(
                (source.GetType(), name),
                static key =>
                    key.Item1.GetProperty(key.Item2)
                    ?? throw new ArgumentException($"{key.Item1.Name} has no property {key.Item2}.")
            );
            command.Parameters.Add(ParameterOf(property.PropertyType, property.GetValue(source)));
        }

        return command;
    }

    private static NpgsqlParameter ParameterOf(Type type, object? value) =>
        new()
        {
            NpgsqlDbType = TypeOf(Nullable.GetUnderlyingType(type) ?? type),
            Value = value is string text ? Storable(text) : value ?? DBNull.Value,
        };

    // The database stores no NUL in a text (and SQLite's tools stop reading there), and nothing that is not UTF-8, such
    // as half a surrogate pair. One such text would fail the whole batch it is in.
    private static string Storable(string text)
    {
        text = text.Replace('\0', '\uFFFD');
        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))
            : text;
    }

    private static NpgsqlDbType TypeOf(Type type) =>
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
