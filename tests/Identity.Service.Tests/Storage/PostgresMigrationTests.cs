using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Npgsql;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>A schema that changes under the hands of those who use it.</summary>
public sealed class PostgresMigrationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A long reader holds the table: the change steps back each time, so that writers pass, until the reader is gone.
    [Fact]
    public async Task Expansion_TableInUse_LetsWritersPass()
    {
        await using var service = await StartAsync();
        var database = (PostgresDatabase)service.Get<Database>();
        await using var reader = database.OpenWrite();
        await using var held = await reader.BeginTransactionAsync(Cancel);
        await reader.QueryAsync<long>("SELECT COUNT(*) FROM workspaces", transaction: held);
        using var migrator = database.OpenWrite();
        var migrating = Task.Run(
            () =>
                Migrator.Apply(
                    database,
                    migrator,
                    new Migration(
                        9999,
                        "9999_of_tomorrow",
                        Migration.ExpansionMark + "\nALTER TABLE workspaces ADD COLUMN of_tomorrow TEXT;"
                    )
                ),
            Cancel
        );

        await using var writer = database.OpenWrite();
        for (var write = 0; write < 20; write++)
        {
            // Would wait for the change, and the change for the reader.
            await writer.ExecuteAsync("UPDATE workspaces SET name = name", commandTimeout: 5);
        }

        migrating.IsCompleted.ShouldBeFalse();
        await held.CommitAsync(Cancel);
        await migrating;
        Migrator.Current.Newer(migrator).ShouldBe(["9999_of_tomorrow"]);
    }

    [Fact]
    public async Task Online_IndexThatWasCutShort_IsMadeAnewBesideWriters()
    {
        await using var service = await StartAsync();
        var database = (PostgresDatabase)service.Get<Database>();
        using var connection = database.OpenWrite();
        connection.Execute("CREATE TABLE things (id BIGINT NOT NULL); INSERT INTO things VALUES (1), (1)");
        // Not unique: the server gives up, and leaves it behind.
        Should.Throw<PostgresException>(() =>
            connection.Execute("CREATE UNIQUE INDEX CONCURRENTLY things_by_id ON things (id)")
        );
        connection.Execute("DELETE FROM things; INSERT INTO things VALUES (1)");

        Migrator.Apply(
            database,
            connection,
            new Migration(
                9999,
                "9999_of_tomorrow",
                Migration.OnlineMark + "\nCREATE UNIQUE INDEX things_by_id ON things (id);"
            )
        );

        connection
            .ExecuteScalar<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('things_by_id')")
            .ShouldBeTrue();
        Migrator.Current.Newer(connection).ShouldBe(["9999_of_tomorrow"]);
    }

    private static Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Storage = ServiceUnderTest.OptionsIn(o.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );
}
