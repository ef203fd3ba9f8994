using System.Collections.Concurrent;
using System.Globalization;
using Culvert.CrashWriter;
using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Culvert.Testing.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>
/// SIGKILL in the middle of writing, to the database or to the process that writes: whatever was answered is there
/// afterwards, and the chain holds.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-crash-").FullName;

    [Fact]
    [Trait(Soak.Name, "crash")]
    public async Task Kill_PostgresDuringWrites_LosesNothingThatWasAnswered()
    {
        var random = new Random(Soak.SeedOr(1));
        using var server = new PostgresServer(PostgresDurability.Full);
        var options = WriterOptions.For(folder, server.CreateDatabase());
        CreateStore(options);
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        var journal = JournalWriter.OpenJournal(store);
        try
        {
            var answered = new ConcurrentDictionary<long, string>();
            for (var round = 0; round < Soak.Rounds("crash", shortForm: 5, full: 200); round++)
            {
                using var over = new CancellationTokenSource();
                var writers = Enumerable
                    .Range(0, JournalWriter.Callers)
                    .Select(_ =>
                        JournalWriter.WriteAsync(journal, (sequence, key) => answered[sequence] = key, over.Token)
                    )
                    .ToList();
                var enough = answered.Count + random.Next(20, 200);
                await Eventually.UntilAsync(() => answered.Count >= enough, TestContext.Current.CancellationToken);
                await Task.Run(server.Crash, TestContext.Current.CancellationToken);
                await over.CancelAsync();
                await Task.WhenAll(writers);
                await Eventually.UntilAsync(() => journal.IsHealthy, TestContext.Current.CancellationToken);
                Verify(store, answered);
            }
        }
        finally
        {
            journal.Dispose();
        }
    }

    [Theory]
    [Trait(Soak.Name, "crash")]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task Kill_WriterDuringWrites_LosesNothingThatWasAnswered(StorageBackend backend)
    {
        var random = new Random(Soak.SeedOr(2));
        var connection = backend == StorageBackend.Postgres ? PostgresServer.Shared.CreateDatabase() : null;
        var options = WriterOptions.For(folder, connection);
        CreateStore(options);
        for (var round = 0; round < Soak.Rounds("crash", shortForm: 5, full: 100); round++)
        {
            var answers = Path.Combine(folder, $"answers-{round}");
            await File.WriteAllTextAsync(answers, "", TestContext.Current.CancellationToken);
            using (var writer = KilledWriter.Start("journal", folder, answers, connection))
            {
                var enough = random.Next(1_000, 20_000);
                await Eventually.UntilAsync(
                    () => new FileInfo(answers).Length >= enough || writer.HasExited,
                    TestContext.Current.CancellationToken
                );
                writer.HasExited.ShouldBeFalse();
                writer.Kill();
                await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
            using var journal = JournalWriter.OpenJournal(store); // checks the chain, and takes the name from the dead one
            Verify(store, Read(answers));
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void CreateStore(ServiceOptions options)
    {
        SealingKeyFile.Ensure(options.SealingKey.File!);
        using var draft = StoreDraft.Make(options.StoreSettings, TimeProvider.System, NullLogger.Instance);
        draft.Publish();
    }

    private static Dictionary<long, string> Read(string answers) =>
        File.ReadLines(answers)
            .Select(line => line.Split(' '))
            .Where(parts => parts is [_, { Length: > 20 }]) // the last line may have been cut
            .ToDictionary(parts => long.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1]);

    private static void Verify(Store store, IReadOnlyDictionary<long, string> answered)
    {
        using var connection = store.Database.OpenWrite();
        var stored = connection
            .Query<(long Sequence, byte[] Key)>(
                "SELECT sequence, replay_key FROM journal WHERE node = @Name AND replay_key IS NOT NULL",
                new { store.Node.Name }
            )
            .ToDictionary(row => row.Sequence, row => row.Key);
        foreach (var (sequence, key) in answered)
        {
            stored[sequence].ShouldBe(Credentials.Hash(key));
        }

        StoreUnderTest.VerifyChain(store.Database, store.Node.Name).ShouldBeGreaterThanOrEqualTo(answered.Count);
    }
}
