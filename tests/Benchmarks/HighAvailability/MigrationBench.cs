using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Stores;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Testing.Postgres;
using Dapper;

namespace Culvert.Benchmarks.HighAvailability;

/// <summary>
/// <c>ha.migration</c>: a journal of ten million entries on PostgreSQL gets a column and an index while a client writes
/// to it. The figure is the longest that one write took meanwhile, the floor the longest of as many before.
/// </summary>
internal sealed class MigrationBench(string folder, TimeProvider time)
{
    private const int Writes = 5_000;
    private const string Insertion =
        "INSERT INTO journal (node, sequence, ordinal, at_ms, event, salt, body_digest, hash) VALUES ('writer', @i, "
        + "1000000000 + @i, @i, 'bench', decode(md5('s'), 'hex'), decode(md5('d'), 'hex'), decode(md5('h'), 'hex'))";

    // CULVERT_BENCH_ROWS makes a quick look possible; the figure's name says how many there were.
    private readonly int rows = int.Parse(
        Environment.GetEnvironmentVariable("CULVERT_BENCH_ROWS") ?? "10000000",
        CultureInfo.InvariantCulture
    );

    private long written;

    public async Task<Figure> RunAsync(CancellationToken cancellationToken)
    {
        using var server = new PostgresServer(PostgresDurability.Full);
        var connection = server.CreateDatabase();
        EmptyStore.Make(folder, new PostgresOptions(() => connection) { MaxConnections = 10 }, time);
        using var database = new PostgresDatabase(connection, 10);
        await using var migrator = database.OpenWrite();
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"filling: {rows} entries"));
        await migrator.ExecuteAsync(
            "INSERT INTO journal (node, sequence, ordinal, at_ms, event, salt, body, body_digest, hash) "
                + "SELECT 'filler', n, n, n, 'event_' || n % 50, decode(md5('s'), 'hex'), "
                + "convert_to(repeat('b', 100), 'UTF8'), decode(md5('d' || n), 'hex'), decode(md5('h' || n), 'hex') "
                + "FROM generate_series(1, @rows) AS n",
            new { rows },
            commandTimeout: Database.NoTimeout
        );
        await migrator.ExecuteAsync("VACUUM ANALYZE journal", commandTimeout: Database.NoTimeout);
        await migrator.ExecuteAsync("CHECKPOINT ;", commandTimeout: Database.NoTimeout); // one word would be taken for a procedure

        await using var writer = database.OpenWrite();
        var quiet = TimeSpan.Zero;
        for (var write = 0; write < Writes; write++)
        {
            quiet = Longer(quiet, await WriteAsync(writer));
        }

        var begun = time.GetTimestamp();
        var migrating = Task.Run(
            () =>
            {
                Migrator.Apply(
                    database,
                    migrator,
                    Tomorrow(9998, Migration.ExpansionMark, "ALTER TABLE journal ADD COLUMN kept BIGINT DEFAULT 1;")
                );
                Migrator.Apply(
                    database,
                    migrator,
                    Tomorrow(9999, Migration.OnlineMark, "CREATE INDEX journal_kept ON journal (event, at_ms);")
                );
            },
            cancellationToken
        );
        var longest = TimeSpan.Zero;
        while (!migrating.IsCompleted)
        {
            longest = Longer(longest, await WriteAsync(writer));
        }

        await migrating;
        await Console.Error.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a column and an index on {rows} entries: {time.GetElapsedTime(begun).TotalSeconds:0.0} s, {written - Writes} writes meanwhile"
            )
        );
        return Figure.OfValue(
            string.Create(CultureInfo.InvariantCulture, $"ha.migration.{rows}"),
            "ms",
            [longest.TotalMilliseconds],
            [quiet.TotalMilliseconds]
        );
    }

    private static Migration Tomorrow(int number, string mark, string sql) =>
        new(number, $"{number}_of_tomorrow", $"{mark}\n{sql}");

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<TimeSpan> WriteAsync(Npgsql.NpgsqlConnection writer)
    {
        var begun = time.GetTimestamp();
        await writer.ExecuteAsync(Insertion, new { i = ++written });
        return time.GetElapsedTime(begun);
    }
}
