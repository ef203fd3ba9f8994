using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Sealing;

/// <summary>
/// Changing the key that seals: everything is sealed again, resumably, and the old version can be removed.
/// </summary>
public sealed class SealRotationTests
{
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Rotate_NewVersion_SealsEverythingAnewAndTheOldOneCanGo()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var id = await bench.ApprovedAsync();
        var options = bench.Service.Options;
        var database = bench.Service.Get<Database>();
        (await Versions(database)).ShouldBe([1u]);
        Append(options, "2:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        List<SealProgress> reports = [];

        var (versions, writing) = Store.RotateSeals(options.StoreSettings, reports.Add, Cancellation);

        versions.ShouldBe([2u]);
        writing.ShouldBe(2u);
        reports.Sum(report => report.Resealed).ShouldBeGreaterThanOrEqualTo(5);
        reports.ShouldAllBe(report => report.Changed == 0);
        Store.RotateSeals(options.StoreSettings, reports.Add, Cancellation);
        reports.Skip(SealedColumn.All.Count).ShouldAllBe(report => report.Resealed == 0);

        // With the new version alone, everything opens: the canary at the start, and a CA's key.
        var file = options.SealingKey.File!;
        await File.WriteAllLinesAsync(file, (await File.ReadAllLinesAsync(file, Cancellation))[1..], Cancellation);
        var sealer = new Sealer(
            SealingKeys.Parse(options.SealingKey.Read()),
            bench.Service.Get<Installation>().InstallationId
        );
        using var connection = await database.OpenReadAsync(Cancellation);
        foreach (var column in SealedColumn.All)
        {
            var rows = await connection.QueryAsync<(string Id, byte[] Value)>(
                $"SELECT CAST({column.Key} AS TEXT), {column.Column} FROM {column.Table} WHERE {column.Column} IS NOT NULL"
            );
            foreach (var (row, value) in rows)
            {
                sealer.Unseal(column.Table, row, column.Column, value).ShouldNotBeEmpty();
            }
        }

        (await bench.StateAsync(id)).ShouldBe("active");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Command_BesideARunningService_IsInTheAudit_AlsoWhenItEndsEarly()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();
        var options = bench.Service.Options;
        var database = bench.Service.Get<Database>();
        Append(options, "2:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var actor = AuditActor.Host(4711, "alice");

        await SealCommand.RotateAsync(options, NullLoggerFactory.Instance, actor, _ => { }, Cancellation);
        using (var connection = database.OpenWrite())
        {
            connection.Execute("UPDATE tunnels SET token_sealed = @broken", new { broken = new byte[200] });
        }

        await Should.ThrowAsync<StoreException>(() =>
            SealCommand.RotateAsync(options, NullLoggerFactory.Instance, actor, _ => { }, Cancellation)
        );

        using var read = await database.OpenReadAsync(Cancellation);
        var bodies = (
            await read.QueryAsync<byte[]>("SELECT body FROM journal WHERE event = 'seals_rotated' ORDER BY sequence")
        )
            .Select(Encoding.UTF8.GetString)
            .ToList();
        bodies.Count.ShouldBe(2);
        bodies.ShouldAllBe(body => body.Contains("uid:4711"));
        bodies[0].ShouldContain("\"writing_version\":2");
        bodies[0].ShouldContain("\"versions_in_use\":[2]");
        bodies[0].ShouldContain("\"fault\":null");
        bodies[1].ShouldContain("\"writing_version\":null");
        bodies[1].ShouldNotContain("\"fault\":null");
    }

    // A sealed column that the list forgets is found by its name, or by the look of its values.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task All_NamesEverySealedColumn()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();

        (await SealedColumnsAsync(bench.Service.Get<Database>()))
            .Except(SealedColumn.All.Select(column => column.ToString()))
            .ShouldBeEmpty();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public void Rotate_Interrupted_GoesOnWhereItStopped()
    {
        using var store = new StoreUnderTest();
        var old = new Sealer(
            SealingKeys.Parse(store.ServiceOptions.SealingKey.Read()),
            store.Store.Installation.InstallationId
        );
        const int Rows = (2 * SealRotation.BatchSize) + 1;
        for (var i = 0; i < Rows; i++)
        {
            var key = $"key_{i:d4}";
            store.Sql(
                "INSERT INTO token_signing_keys (key_id, private_key, created_at_ms, active_from_ms, generation) "
                    + "VALUES (@key, @value, 0, 0, @generation)",
                new
                {
                    key,
                    generation = (long)i,
                    value = old.Seal("token_signing_keys", key, "private_key", Encoding.ASCII.GetBytes(key)),
                }
            );
        }

        Append(store.ServiceOptions, "2:" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        store.Sql(
            "UPDATE token_signing_keys SET private_key = @broken WHERE key_id = 'key_0150'",
            new { broken = new byte[200] }
        );

        Should.Throw<StoreException>(() =>
            Store.RotateSeals(store.ServiceOptions.StoreSettings, _ => { }, Cancellation)
        );
        store.Sql("DELETE FROM token_signing_keys WHERE key_id = 'key_0150'");
        List<SealProgress> reports = [];
        var (versions, writing) = Store.RotateSeals(store.ServiceOptions.StoreSettings, reports.Add, Cancellation);

        var keys = reports.Single(report => report.Column.Table == "token_signing_keys");
        (keys.Current, keys.Resealed).ShouldBe((SealRotation.BatchSize, Rows - SealRotation.BatchSize - 1));
        versions.ShouldBe([writing]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static void Append(ServiceOptions options, string line) =>
        File.AppendAllText(options.SealingKey.File!, line + "\n");

    private static async Task<HashSet<uint>> Versions(Database database)
    {
        HashSet<uint> versions = [];
        using var connection = await database.OpenReadAsync(Cancellation);
        foreach (var column in SealedColumn.All)
        {
            var values = await connection.QueryAsync<byte[]>(
                $"SELECT {column.Column} FROM {column.Table} WHERE {column.Column} IS NOT NULL"
            );
            versions.UnionWith(values.Select(value => Sealer.ReadVersion(value)));
        }

        return versions;
    }

    private static async Task<IReadOnlyList<string>> SealedColumnsAsync(Database database)
    {
        List<string> found = [];
        using var connection = await database.OpenReadAsync(Cancellation);
        foreach (var (table, column) in await BlobColumnsAsync(database, connection))
        {
            var values = await connection.QueryAsync<byte[]>(
                $"SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 100"
            );
            // Format 1, version 1 (see Sealer), and at least its overhead.
            if (
                column.Contains("sealed", StringComparison.Ordinal)
                || values.Any(value =>
                    value.Length > 105 && value.AsSpan().StartsWith((ReadOnlySpan<byte>)[1, 0, 0, 0, 1])
                )
            )
            {
                found.Add($"{table}.{column}");
            }
        }

        found.ShouldNotBeEmpty();
        return found;
    }

    private static async Task<IEnumerable<(string Table, string Column)>> BlobColumnsAsync(
        Database database,
        System.Data.Common.DbConnection connection
    ) =>
        database.File is null
            ? await connection.QueryAsync<(string, string)>(
                "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'bytea' AND table_schema = current_schema()"
            )
            : await connection.QueryAsync<(string, string)>(
                "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'BLOB'"
            );
}
