using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Stores;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Platform.Transparency;
using Culvert.Testing.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Transparency;

/// <summary>
/// A transparency log of ten million entries: how long the proof takes that one of them, wherever it is, is in the log, and
/// the proof that the log continues a smaller one.
/// </summary>
internal sealed class ProofBench(string folder, TimeProvider time)
{
    private const int Proofs = 1000;
    private const int EntriesPerBatch = 1 << 16;

    // CULVERT_BENCH_ROWS makes a quick look possible; the figures' names say how many there were.
    private readonly int entries = int.Parse(
        Environment.GetEnvironmentVariable("CULVERT_BENCH_ROWS") ?? "10000000",
        CultureInfo.InvariantCulture
    );

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var figure in await RunAsync("", "sqlite", null, cancellationToken))
        {
            yield return figure;
        }

        using var server = new PostgresServer(PostgresDurability.Full);
        var connection = server.CreateDatabase();
        var postgres = new PostgresOptions(() => connection) { MaxConnections = 10 };
        foreach (var figure in await RunAsync(".postgres", "postgres", postgres, cancellationToken))
        {
            yield return figure;
        }
    }

    private async Task<IReadOnlyList<Figure>> RunAsync(
        string suffix,
        string name,
        PostgresOptions? postgres,
        CancellationToken cancellationToken
    )
    {
        var options = EmptyStore.Make(Path.Combine(folder, name), postgres, time);
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        await FillAsync(store.Database, cancellationToken);
        var tree = new TreeStore(store.Database);
        var root = await tree.Reader().RootAsync(entries, cancellationToken);
        List<double> inclusions = [];
        List<double> consistencies = [];
        for (var i = 0; i < Proofs; i++)
        {
            var index = RandomNumberGenerator.GetInt32(entries);
            var began = time.GetTimestamp();
            var path = await tree.Reader().InclusionAsync(index, entries, cancellationToken);
            inclusions.Add(time.GetElapsedTime(began).TotalMilliseconds);
            if (!MerkleProof.HasEntry(index, entries, HashOf(index), root, path))
            {
                throw new InvalidOperationException($"The proof of entry {index} does not hold.");
            }

            began = time.GetTimestamp();
            await tree.Reader().ConsistencyAsync(index, entries, cancellationToken);
            consistencies.Add(time.GetElapsedTime(began).TotalMilliseconds);
        }

        return
        [
            Summarize($"audit.inclusion{suffix}.{entries}", inclusions),
            Summarize($"audit.consistency{suffix}.{entries}", consistencies),
        ];
    }

    private async Task FillAsync(Database database, CancellationToken cancellationToken)
    {
        using var connection = database.OpenWrite();
        for (var size = 0; size < entries; )
        {
            var tree = await TreeAppender.ContinueAsync(
                size,
                async (id, _) =>
                    await connection.ExecuteScalarAsync<byte[]>(
                        "SELECT hashes FROM transparency_tiles WHERE level = @Level AND number = @Number",
                        new { Level = (long)id.Level, id.Number }
                    ),
                cancellationToken
            );
            for (var end = Math.Min(entries, size + EntriesPerBatch); size < end; size++)
            {
                tree.Add(HashOf(size));
            }

            await tree.FinishAsync(cancellationToken);
            using var transaction = connection.BeginTransaction();
            foreach (var (id, hashes) in tree.Changed)
            {
                await connection.ExecuteAsync(
                    "INSERT INTO transparency_tiles (level, number, hashes) VALUES (@Level, @Number, @hashes) "
                        + "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
                    new
                    {
                        Level = (long)id.Level,
                        id.Number,
                        hashes,
                    },
                    transaction
                );
            }

            transaction.Commit();
        }
    }

    // As entries are: the digest is what differs.
    private static byte[] HashOf(int index) =>
        new LogEntry(
            LogEntry.Audit,
            SHA256.HashData(Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture)))
        ).ToHash();

    private static Figure Summarize(string name, List<double> milliseconds)
    {
        milliseconds.Sort();
        return new Figure
        {
            Name = name,
            Value = Math.Round(milliseconds[^1], 2),
            Unit = "ms",
            P50Ms = Math.Round(milliseconds[milliseconds.Count / 2], 2),
            P99Ms = Math.Round(milliseconds[milliseconds.Count * 99 / 100], 2),
        };
    }
}
