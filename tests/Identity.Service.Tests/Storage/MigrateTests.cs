using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary><c>identity-service migrate</c>, and what a node says that finds it was not run.</summary>
public sealed class MigrateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-migrate-").FullName;

    private ServiceOptions Options => ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite);

    [Fact]
    public void Migrate_OlderStore_PlansThenAppliesWhatIsMissing()
    {
        MakeOlder(by: 2);
        string[] missing = [.. Migrator.All().TakeLast(2).Select(migration => migration.Name)];

        Store.Migrate(Options, isPlan: true, NullLogger.Instance).ShouldBe(missing);
        Store.Migrate(Options, isPlan: true, NullLogger.Instance).ShouldBe(missing);
        Store.Migrate(Options, isPlan: false, NullLogger.Instance).ShouldBe(missing);
        Store.Migrate(Options, isPlan: true, NullLogger.Instance).ShouldBeEmpty();
    }

    [Fact]
    public void Open_OlderStore_SaysWhatToRun()
    {
        MakeOlder(by: 1);

        var refused = Should.Throw<SchemaException>(() => Store.Open(Options, NullLogger.Instance));

        refused.Message.ShouldContain(Migrator.All()[^2].Name);
        refused.Message.ShouldContain(Migrator.All()[^1].Name);
        refused.Message.ShouldContain("identity-service migrate --plan");
        StartFault.ExitCodeOf(refused).ShouldBe(78);
        Store.Migrate(Options, isPlan: true, NullLogger.Instance).Count.ShouldBe(1); // nothing was applied
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)] // newer in one place, older in another: a branch that never was released
    public void Open_NewerStore_NamesBothAndChangesNothing(int lacks)
    {
        MakeOlder(by: lacks);
        using (var database = new SqliteDatabase(Store.FileOf(Options)))
        using (var connection = database.OpenWrite())
        {
            connection.Execute("INSERT INTO migrations (number, name) VALUES (9999, '9999_of_tomorrow')");
        }

        foreach (
            var use in (Action[])
                [
                    () => Store.Open(Options, NullLogger.Instance),
                    () => Store.Migrate(Options, isPlan: false, NullLogger.Instance),
                ]
        )
        {
            var refused = Should.Throw<SchemaException>(use);
            refused.Message.ShouldContain("9999_of_tomorrow");
            refused.Message.ShouldContain(Migrator.All()[^1].Name);
            StartFault.ExitCodeOf(refused).ShouldBe(78);
        }
    }

    [Fact]
    public void Open_StoreThatWasOnlyExpanded_Opens()
    {
        MakeOlder(by: 0);
        using (var database = new SqliteDatabase(Store.FileOf(Options)))
        using (var connection = database.OpenWrite())
        {
            Migrator.Apply(
                database,
                connection,
                new Migration(
                    9999,
                    "9999_of_tomorrow",
                    Migration.ExpansionMark + "\nCREATE TABLE of_tomorrow (id TEXT);"
                )
            );
            Migrator.Newer(connection).ShouldBe(["9999_of_tomorrow"]);
        }

        Store.Migrate(Options, isPlan: true, NullLogger.Instance).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE TABLE other (id TEXT);")]
    [InlineData("CREATE INDEX of_tomorrow ON tunnels (id); UPDATE tunnels SET name = '';")]
    [InlineData("DROP INDEX of_tomorrow CASCADE;")]
    public void Online_MoreThanIndexes_IsAFaultOfTheFile(string sql) =>
        Should.Throw<InvalidOperationException>(() =>
            IndexChange.ParseAll(new Migration(9999, "9999_of_tomorrow", $"{Migration.OnlineMark}\n{sql}"))
        );

    [Fact]
    public void Online_CutShort_IsAppliedAgain()
    {
        MakeOlder(by: 0);
        using var database = new SqliteDatabase(Store.FileOf(Options));
        using var connection = database.OpenWrite();
        connection.Execute("CREATE INDEX of_tomorrow ON tunnels (id)");
        connection.Execute("CREATE INDEX of_yesterday ON tunnels (id)");
        var online = new Migration(
            9999,
            "9999_of_tomorrow",
            $"""
            {Migration.OnlineMark}
            -- Whatever for;
            CREATE INDEX of_tomorrow ON tunnels (id);
            CREATE UNIQUE INDEX of_all
                ON tunnels (id) WHERE id > 'a';
            DROP INDEX of_yesterday;
            """
        );

        Migrator.Apply(database, connection, online);

        connection
            .Query<string>("SELECT name FROM sqlite_master WHERE name IN ('of_tomorrow', 'of_all', 'of_yesterday')")
            .ShouldBe(["of_tomorrow", "of_all"], ignoreOrder: true);
        Migrator.Newer(connection).ShouldBe(["9999_of_tomorrow"]);
    }

    [Fact]
    public void Migrate_NoStore_IsRefused() =>
        Should.Throw<StoreException>(() => Store.Migrate(Options, isPlan: true, NullLogger.Instance));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void MakeOlder(int by)
    {
        File.Create(Store.FileOf(Options)).Dispose();
        using var database = new SqliteDatabase(Store.FileOf(Options));
        using var connection = database.OpenWrite();
        Migrator.Pending(connection);
        foreach (var migration in Migrator.All().SkipLast(by))
        {
            Migrator.Apply(database, connection, migration);
        }
    }
}
