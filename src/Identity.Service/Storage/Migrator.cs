using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>Applies the numbered SQL files embedded in this assembly, each in a transaction, each once, in order.</summary>
internal static class Migrator
{
    private const string Folder = ".Storage.Migrations.";

    /// <summary>Files not applied yet, in order. Throws when the database is newer than this program.</summary>
    public static IReadOnlyList<Migration> Pending(DbConnection connection)
    {
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)"
        );
        return Unapplied(connection);
    }

    /// <summary>As <see cref="Pending"/>, of a database that has the table of migrations; writes nothing.</summary>
    public static IReadOnlyList<Migration> Unapplied(DbConnection connection)
    {
        var applied = connection.Query<long>("SELECT number FROM migrations").ToHashSet();
        var known = All();
        var unknown = applied.Except(known.Select(m => (long)m.Number)).ToList();
        return unknown.Count == 0
            ? [.. known.Where(migration => !applied.Contains(migration.Number))]
            : throw new StoreException(
                $"The database has migration {unknown[0]}, which this version does not know: run the newer version."
            );
    }

    public static void Apply(Database database, DbConnection connection, Migration migration)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(database.Translate(migration.Sql), transaction: transaction);
        connection.Execute("INSERT INTO migrations (number, name) VALUES (@Number, @Name)", migration, transaction);
        transaction.Commit();
    }

    public static IReadOnlyList<Migration> All()
    {
        var assembly = typeof(Migrator).Assembly;
        var migrations = assembly
            .GetManifestResourceNames()
            .Where(name =>
                name.Contains(Folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal)
            )
            .Select(name => Read(assembly, name))
            .OrderBy(migration => migration.Number)
            .ToList();
        return migrations.DistinctBy(migration => migration.Number).Count() == migrations.Count
            ? migrations
            : throw new InvalidOperationException("Two migrations share a number.");
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var file = resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^4];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file[..4], CultureInfo.InvariantCulture), file, reader.ReadToEnd());
    }
}
