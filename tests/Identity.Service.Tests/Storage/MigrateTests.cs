using System.Data.Common;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
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
    private static readonly Migration Expansion = new(
        9001,
        "9001_expansion",
        Migration.ExpansionMark + "\nALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';"
    );

    // The only way to change a column's constraints on SQLite.
    private static readonly Migration Rebuild = new(
        9002,
        "9002_rebuild",
        """
        CREATE TABLE things_next (id TEXT NOT NULL PRIMARY KEY, value BIGINT, colour TEXT NOT NULL);
        INSERT INTO things_next (id, value, colour) SELECT id, value * 10, colour FROM things;
        DROP TABLE things;
        ALTER TABLE things_next RENAME TO things;
        CREATE INDEX things_by_value ON things (value);
        """
    );

    /// <summary>The version after this one.</summary>
    private static readonly Migrator Next = new([.. Migrator.Current.Known, Expansion, Rebuild]);

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-migrate-").FullName;

    private ServiceOptions Options => ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite);

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public void Migrate_OlderStore_PlansThenAppliesWhatIsMissing(StorageBackend backend)
    {
        using var store = new StoreUnderTest(backend);
        store.Sql("INSERT INTO things (id, value) VALUES ('a', 1), ('b', 2)");
        string[] missing = [Expansion.Name, Rebuild.Name];

        Store.Migrate(store.ServiceOptions.StoreSettings, isPlan: true, NullLogger.Instance, Next).ShouldBe(missing);
        Store.Migrate(store.ServiceOptions.StoreSettings, isPlan: true, NullLogger.Instance, Next).ShouldBe(missing);
        Store.Migrate(store.ServiceOptions.StoreSettings, isPlan: false, NullLogger.Instance, Next).ShouldBe(missing);
        Store.Migrate(store.ServiceOptions.StoreSettings, isPlan: true, NullLogger.Instance, Next).ShouldBeEmpty();

        store.Scalar<long>("SELECT CAST(SUM(value) AS BIGINT) FROM things WHERE colour = 'grey'").ShouldBe(30);
    }

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public void Migrate_MigrationThatFails_LeavesNothingOfItAndCanBeAppliedLater(StorageBackend backend)
    {
        using var store = new StoreUnderTest(backend);
        store.Sql("INSERT INTO things (id, value) VALUES ('a', 1)");
        var cut = Rebuild with { Sql = Rebuild.Sql + "INSERT INTO nowhere (id) VALUES (1);" };

        Should.Throw<DbException>(() =>
            Store.Migrate(
                store.ServiceOptions.StoreSettings,
                isPlan: false,
                NullLogger.Instance,
                new Migrator([.. Migrator.Current.Known, Expansion, cut])
            )
        );

        store.Scalar<long>("SELECT value FROM things WHERE colour = 'grey'").ShouldBe(1);
        Store
            .Migrate(store.ServiceOptions.StoreSettings, isPlan: false, NullLogger.Instance, Next)
            .ShouldBe([Rebuild.Name]);
        store.Scalar<long>("SELECT value FROM things WHERE colour = 'grey'").ShouldBe(10);
    }

    [Fact]
    public async Task Open_TwoNodesAtOnce_OneMigratesAndBothStart()
    {
        using var store = new StoreUnderTest(StorageBackend.Postgres);
        var options = store.ServiceOptions with
        {
            Storage = store.ServiceOptions.Storage with { ApplyMigrations = true },
        };

        var opened = await Task.WhenAll(
            new[] { "east", "west" }.Select(node =>
                Task.Run(
                    () => Store.Open(options.StoreSettings with { NodeName = node }, NullLogger.Instance, Next),
                    TestContext.Current.CancellationToken
                )
            )
        );

        opened.Select(node => node.Node.Name).ShouldBe(["east", "west"]);
        foreach (var node in opened)
        {
            node.Dispose();
        }

        store.Scalar<long>("SELECT COUNT(*) FROM migrations").ShouldBe(Next.Known.Count);
    }

    [Fact]
    public void Open_OlderStore_SaysWhatToRun()
    {
        using var store = new StoreUnderTest(StorageBackend.Sqlite);
        Store.Migrate(
            store.ServiceOptions.StoreSettings,
            isPlan: false,
            NullLogger.Instance,
            new Migrator([.. Migrator.Current.Known, Expansion])
        );

        var refused = Should.Throw<SchemaException>(() =>
            Store.Open(store.ServiceOptions.StoreSettings, NullLogger.Instance, Next)
        );

        refused.Message.ShouldContain(Expansion.Name);
        refused.Message.ShouldContain(Rebuild.Name);
        refused.Message.ShouldContain("identity-service migrate --plan");
        StartFailure.ToExitCode(refused).ShouldBe(78);
        // Nothing was applied.
        Store
            .Migrate(store.ServiceOptions.StoreSettings, isPlan: true, NullLogger.Instance, Next)
            .ShouldBe([Rebuild.Name]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // newer in one place, older in another: a branch that never was released
    public void Open_NewerStore_NamesBothAndChangesNothing(bool lacksOne)
    {
        using var store = new StoreUnderTest(StorageBackend.Sqlite);
        store.Sql("INSERT INTO migrations (number, name) VALUES (9999, '9999_of_tomorrow')");
        var migrator = lacksOne ? Next : Migrator.Current;

        foreach (
            var use in (Action[])
                [
                    () => Store.Open(store.ServiceOptions.StoreSettings, NullLogger.Instance, migrator),
                    () =>
                        Store.Migrate(store.ServiceOptions.StoreSettings, isPlan: false, NullLogger.Instance, migrator),
                ]
        )
        {
            var refused = Should.Throw<SchemaException>(use);
            refused.Message.ShouldContain("9999_of_tomorrow");
            refused.Message.ShouldContain(migrator.Known[^1].Name);
            StartFailure.ToExitCode(refused).ShouldBe(78);
        }
    }

    [Fact]
    public void Open_StoreThatWasOnlyExpanded_Opens()
    {
        MakeStore();
        using (var database = new SqliteDatabase(Store.GetFile(Options.StoreSettings)))
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
            Migrator.Current.Newer(connection).ShouldBe(["9999_of_tomorrow"]);
        }

        Store.Migrate(Options.StoreSettings, isPlan: true, NullLogger.Instance).ShouldBeEmpty();
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
        MakeStore();
        using var database = new SqliteDatabase(Store.GetFile(Options.StoreSettings));
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
        Migrator.Current.Newer(connection).ShouldBe(["9999_of_tomorrow"]);
    }

    [Fact]
    public void Migrate_NoStore_IsRefused() =>
        Should.Throw<StoreException>(() => Store.Migrate(Options.StoreSettings, isPlan: true, NullLogger.Instance));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void MakeStore()
    {
        SqliteDatabase.Create(Store.GetFile(Options.StoreSettings));
        using var database = new SqliteDatabase(Store.GetFile(Options.StoreSettings));
        using var connection = database.OpenWrite();
        Migrator.Apply(database, connection, Migrator.Current.Pending(connection));
    }
}
