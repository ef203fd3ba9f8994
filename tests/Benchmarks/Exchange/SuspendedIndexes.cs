using Microsoft.Data.Sqlite;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// A table without its indexes (those of its constraints stay) until this object is disposed, which creates them again,
/// exactly as the service had created them. To create them one at a time is ten times as fast as to update all of them
/// row by row.
/// </summary>
internal sealed class SuspendedIndexes : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly List<string> made = [];

    public SuspendedIndexes(SqliteConnection connection, string table)
    {
        this.connection = connection;
        var names = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText =
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = @table AND sql IS NOT NULL";
            command.Parameters.AddWithValue("@table", table);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                names.Add(reader.GetString(0));
                made.Add(reader.GetString(1));
            }
        }

        names.ForEach(name => Run($"DROP INDEX {name}"));
    }

    public void Dispose() => made.ForEach(Run);

    private void Run(string sql)
    {
        using var command = connection.CreateCommand();
        // Names and texts of the schema alone.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
