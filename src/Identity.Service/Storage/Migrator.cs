using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Culvert.Identity.Service.Storage;

internal sealed class Migrator(IReadOnlyList<Migration> known)
{
    private const string Folder = ".Storage.Migrations.";

    /// <summary>This version's migrations: the numbered SQL files embedded in this assembly.</summary>
    public static Migrator Current { get; } = new(ReadAll());

    public IReadOnlyList<Migration> Known => known;

    /// <summary>Migrations that are not applied yet, in order.</summary>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
    public IReadOnlyList<Migration> Pending(DbConnection connection)
    {
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)"
        );
        // A separate table: older programs know the columns of the other one.
        connection.Execute("CREATE TABLE IF NOT EXISTS expansions (number BIGINT NOT NULL PRIMARY KEY)");
        return Unapplied(connection);
    }

    /// <summary>Like <see cref="Pending"/>, for a database that has the table of migrations; writes nothing.</summary>
    public IReadOnlyList<Migration> Unapplied(DbConnection connection)
    {
        var applied = connection
            .Query<(long Number, string Name)>("SELECT number, name FROM migrations")
            .ToDictionary(row => row.Number, row => row.Name);
        var unknown = applied.Keys.Except(known.Select(m => (long)m.Number)).ToList();
        var newest = unknown.Except(unknown.Count > 0 ? Expansions(connection) : []).DefaultIfEmpty().Max();
        return newest == 0
            ? [.. known.Where(migration => !applied.ContainsKey(migration.Number))]
            : throw new SchemaException(
                $"The database has the migration {applied[newest]}; this version knows up to {known[^1].Name}: run the "
                    + "newer version, or restore a backup from before the upgrade."
            );
    }

    /// <summary>Migrations of a newer program that are compatible with this one, in order.</summary>
    public IReadOnlyList<string> Newer(DbConnection connection)
    {
        var numbers = known.Select(migration => (long)migration.Number).ToHashSet();
        return
        [
            .. connection
                .Query<(long Number, string Name)>("SELECT number, name FROM migrations ORDER BY number")
                .Where(row => !numbers.Contains(row.Number))
                .Select(row => row.Name),
        ];
    }

    public SchemaException Refusal(IReadOnlyList<Migration> pending)
    {
        var before = known.Except(pending).LastOrDefault()?.Name ?? "no migration";
        return new SchemaException(
            $"The database has {before}; this version needs {pending[^1].Name}: see `identity-service migrate --plan`, "
                + "then run `identity-service migrate`, or set storage.migrate to apply."
        );
    }

    /// <summary>
    /// Runs in one transaction: one migration for a store in use, all of them for a new one. A migration marked
    /// <see cref="Migration.OnlineMark"/> is applied while the store is in use, statement by statement, and repeated if
    /// interrupted.
    /// </summary>
    public static void Apply(Database database, DbConnection connection, params IReadOnlyList<Migration> migrations)
    {
        if (migrations is [{ IsOnline: true } online])
        {
            foreach (var change in IndexChange.ParseAll(online))
            {
                database.ChangeIndex(connection, change);
            }

            database.ChangeSchema(connection, transaction => Record(connection, transaction, online));
            return;
        }

        database.ChangeSchema(
            connection,
            transaction =>
            {
                foreach (var migration in migrations)
                {
                    connection.Execute(
                        database.Translate(migration.Sql),
                        transaction: transaction,
                        commandTimeout: Database.NoTimeout
                    );
                    Record(connection, transaction, migration);
                }
            }
        );
    }

    private static void Record(DbConnection connection, DbTransaction transaction, Migration migration)
    {
        connection.Execute(
            "INSERT INTO migrations (number, name) VALUES (@Number, @Name)",
            new { migration.Number, migration.Name },
            transaction
        );
        if (migration.IsExpansion)
        {
            connection.Execute(
                "INSERT INTO expansions (number) VALUES (@Number)",
                new { migration.Number },
                transaction
            );
        }
    }

    private static List<Migration> ReadAll()
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

    private static List<long> Expansions(DbConnection connection)
    {
        try
        {
            return connection.Query<long>("SELECT number FROM expansions").AsList();
        }
        catch (DbException)
        {
            // This is only a read, so the table may not exist: then nothing is marked.
            return [];
        }
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var file = resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^4];
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(int.Parse(file[..4], CultureInfo.InvariantCulture), file, reader.ReadToEnd());
    }
}
