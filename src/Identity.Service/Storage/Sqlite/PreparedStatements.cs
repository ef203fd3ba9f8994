using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>
/// Keeps the decisions' statements prepared: preparing costs more than running them. The SQL texts are constants of
/// this program, so the cache is as small as the program's list of statements.
/// </summary>
internal sealed class PreparedStatements(SqliteConnection connection) : IDisposable
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    private readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);

    public int Execute(Statement statement)
    {
        if (!commands.TryGetValue(statement.Sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = statement.Sql;
            commands.Add(statement.Sql, command);
        }

        Bind(command, statement.Parameters);
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }
    }

    private static void Bind(SqliteCommand command, object? parameters)
    {
        command.Parameters.Clear();
        if (parameters is null)
        {
            return;
        }

        foreach (var property in Properties.GetOrAdd(parameters.GetType(), static type => type.GetProperties()))
        {
            command.Parameters.AddWithValue("@" + property.Name, property.GetValue(parameters) ?? DBNull.Value);
        }
    }
}
