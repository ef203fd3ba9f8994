using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>Applies the numbered SQL files embedded in this assembly, each once, in order.</summary>
internal static class Migrator
{
    private const string Folder = ".Storage.Migrations.";

    /// <summary>Files not applied yet, in order.</summary>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
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
        var applied = connection
            .Query<(long Number, string Name)>("SELECT number AS Number, name AS Name FROM migrations")
            .ToDictionary(row => row.Number, row => row.Name);
        var known = All();
        var newest = applied.Keys.Except(known.Select(m => (long)m.Number)).DefaultIfEmpty().Max();
        return newest == 0
            ? [.. known.Where(migration => !applied.ContainsKey(migration.Number))]
            : throw new SchemaException(
                $"The database has the migration {applied[newest]}; this version knows up to {known[^1].Name}: run the "
                    + "newer version, or restore the backup that was made before it."
            );
    }

    /// <summary>Why a program does not start on a database that lacks migrations.</summary>
    /// <param name="pending">What it lacks, at least one.</param>
    public static SchemaException Refusal(IReadOnlyList<Migration> pending)
    {
        var before = All().Except(pending).LastOrDefault()?.Name ?? "no migration";
        return new SchemaException(
            $"The database has {before}; this version needs {pending[^1].Name}: see `identity-service migrate --plan`, "
                + "then run `identity-service migrate`, or set storage.migrate to apply."
        );
    }

    /// <summary>In one transaction: one migration of a store in use, all of one that nobody uses yet.</summary>
    public static void Apply(Database database, DbConnection connection, params IReadOnlyList<Migration> migrations)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var migration in migrations)
        {
            connection.Execute(database.Translate(migration.Sql), transaction: transaction);
            connection.Execute("INSERT INTO migrations (number, name) VALUES (@Number, @Name)", migration, transaction);
        }

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
