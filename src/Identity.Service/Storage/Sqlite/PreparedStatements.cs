using Microsoft.Data.Sqlite;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>
/// Caches the decisions' prepared statements: preparing one costs more than running it. SQL texts are constants of this
/// program, so the cache is bounded.
/// </summary>
internal sealed class PreparedStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, PreparedStatement> prepared = new(StringComparer.Ordinal);

    public int Execute(Statement statement)
    {
        if (!prepared.TryGetValue(statement.Sql, out var known))
        {
            known = new PreparedStatement(connection, statement.Sql);
            prepared.Add(statement.Sql, known);
        }

        known.Bind(statement.Parameters);
        return known.Execute();
    }

    public void Dispose()
    {
        foreach (var one in prepared.Values)
        {
            one.Dispose();
        }
    }
}
