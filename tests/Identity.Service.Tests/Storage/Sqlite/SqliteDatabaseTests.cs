using System.Text;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-sqlite-").FullName;

    private string DatabaseFile => Path.Combine(folder, "identity.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void LibraryVersion_IsOfTheBundledSqlite()
    {
        Version.Parse(SqliteDatabase.LibraryVersion).ShouldBeGreaterThanOrEqualTo(new Version(3, 50, 0));

        // The system's library is not loaded, even where it is installed.
        var libraries = File.ReadAllLines("/proc/self/maps");
        libraries.ShouldContain(line => line.EndsWith("/libe_sqlite3.so", StringComparison.Ordinal));
        libraries.ShouldNotContain(line => line.Contains("/libsqlite3.so", StringComparison.Ordinal));
    }

    [Fact]
    public void OpenWrite_Connection_WritesAheadAndFlushesEveryCommit()
    {
        using var database = Create();
        using var connection = database.OpenWrite();

        connection.ExecuteScalar<string>("PRAGMA journal_mode").ShouldBe("wal");
        connection.ExecuteScalar<long>("PRAGMA synchronous").ShouldBe(2);
        connection.ExecuteScalar<long>("PRAGMA foreign_keys").ShouldBe(1);
    }

    /// <summary>Bodies of the audit are erased, sealed keys are replaced: the file must not keep what was there.</summary>
    [Fact]
    public void Delete_Row_IsOverwrittenInTheFile()
    {
        var text = "erased-" + new string('x', 500);
        using var database = Create();
        using (var connection = database.OpenWrite())
        {
            connection.Execute("CREATE TABLE things (id TEXT)");
            connection.Execute("INSERT INTO things (id) VALUES (@text), ('stays')", new { text });
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            Encoding.Latin1.GetString(File.ReadAllBytes(DatabaseFile)).ShouldContain(text);

            connection.Execute("DELETE FROM things WHERE id = @text", new { text });
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var file = Encoding.Latin1.GetString(File.ReadAllBytes(DatabaseFile));
        file.ShouldContain("stays");
        file.ShouldNotContain("erased-xxxxxxxx");
    }

    [Fact]
    public void Translate_CheckOfAList_ComparesOneAfterTheOther()
    {
        using var database = Create();
        using var connection = database.OpenWrite();
        connection.Execute(
            database.Translate(
                "CREATE TABLE things (kind TEXT CHECK (kind IN ('a', 'b,c', 'd')), number BIGINT CHECK (number IN (1, 2)))"
            )
        );

        connection.Execute("INSERT INTO things VALUES ('a', 1), ('b,c', 2), ('d', NULL), (NULL, 1)");
        foreach (var row in new[] { "('c', 1)", "('b', 1)", "('a', 3)", "('', 1)" })
        {
            Should.Throw<SqliteException>(() => connection.Execute($"INSERT INTO things VALUES {row}"));
        }
    }

    /// <summary>SQLite would make and fill one for each row, and for each check.</summary>
    [Fact]
    public void Translate_Schema_NoCheckNeedsATemporaryTable()
    {
        using var database = Create();
        using var connection = database.OpenWrite();
        Migrator.Apply(database, connection, [.. Migrator.Current.Pending(connection)]);
        var tables = connection.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table'").AsList();

        tables.ShouldContain("certificates");
        foreach (var table in tables)
        {
            connection
                .Query($"EXPLAIN INSERT INTO {table} DEFAULT VALUES")
                .Select(step => (string)step.opcode)
                .ShouldNotContain("OpenEphemeral", table);
        }
    }

    private SqliteDatabase Create()
    {
        SqliteDatabase.Create(DatabaseFile);
        return new SqliteDatabase(DatabaseFile);
    }
}
