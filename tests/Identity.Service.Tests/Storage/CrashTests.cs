using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
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
    private const string FolderVariable = "CULVERT_TEST_CRASH_FOLDER";
    private const string DatabaseVariable = "CULVERT_TEST_CRASH_DATABASE";
    private const string Suite = "crash";
    private const int Writers = 16;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-crash-").FullName;

    [Fact]
    [Trait(Soak.Name, Suite)]
    public async Task Kill_PostgresDuringWrites_LosesNothingThatWasAnswered()
    {
        var random = new Random(Soak.SeedOr(1));
        using var server = new PostgresServer(PostgresDurability.Full);
        var options = OptionsOn(server.CreateDatabase());
        Make(options);
        using var store = Store.Open(options, NullLogger.Instance);
        var journal = JournalOf(store);
        try
        {
            var answered = new ConcurrentDictionary<long, string>();
            for (var round = 0; round < Soak.Rounds(Suite, shortForm: 20, full: 200); round++)
            {
                using var over = new CancellationTokenSource();
                var writers = Enumerable
                    .Range(0, Writers)
                    .Select(_ => WriteAsync(journal, answered, over.Token))
                    .ToList();
                var enough = answered.Count + random.Next(20, 200);
                await UntilAsync(() => answered.Count >= enough);
                await Task.Run(server.Crash, TestContext.Current.CancellationToken);
                await over.CancelAsync();
                await Task.WhenAll(writers);
                await UntilAsync(() => journal.IsHealthy);
                Verify(store, answered);
            }
        }
        finally
        {
            journal.Dispose();
        }
    }

    [Theory]
    [Trait(Soak.Name, Suite)]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task Kill_WriterDuringWrites_LosesNothingThatWasAnswered(StorageBackend backend)
    {
        var random = new Random(Soak.SeedOr(2));
        var connection = backend == StorageBackend.Postgres ? PostgresServer.Shared.CreateDatabase() : null;
        var options = OptionsOn(connection);
        Make(options);
        for (var round = 0; round < Soak.Rounds(Suite, shortForm: 10, full: 100); round++)
        {
            var answers = Path.Combine(folder, $"answers-{round}");
            await File.WriteAllTextAsync(answers, "", TestContext.Current.CancellationToken);
            using (var writer = StartWriter(connection, answers))
            {
                var enough = random.Next(1_000, 20_000);
                await UntilAsync(() => new FileInfo(answers).Length >= enough || writer.HasExited);
                writer.HasExited.ShouldBeFalse();
                writer.Kill();
                await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            using var store = Store.Open(options, NullLogger.Instance);
            using var journal = JournalOf(store); // checks the chain, and takes the name from the dead one
            Verify(store, Read(answers));
        }
    }

    /// <summary>The child of the test above: writes until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task WriteUntilKilled()
    {
        var answers = Environment.GetEnvironmentVariable(FolderVariable);
        if (answers is null)
        {
            return;
        }

        var options = OptionsOn(Environment.GetEnvironmentVariable(DatabaseVariable), Path.GetDirectoryName(answers));
        using var store = Store.Open(options, NullLogger.Instance);
        using var journal = JournalOf(store);
        var answered = new ConcurrentDictionary<long, string>();
        await using var file = new FileStream(answers, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
        var gate = new Lock();
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(_ =>
                    WriteAsync(
                        journal,
                        answered,
                        TestContext.Current.CancellationToken,
                        (sequence, key) =>
                        {
                            lock (gate)
                            {
                                file.Write(System.Text.Encoding.ASCII.GetBytes($"{sequence} {key}\n"));
                            }
                        }
                    )
                )
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ServiceOptions OptionsOn(string? connection, string? stateFolder = null)
    {
        var options = ServiceUnderTest.OptionsIn(stateFolder ?? folder, StorageBackend.Sqlite);
        return options with
        {
            Storage = options.Storage with
            {
                Postgres = connection is null ? null : new PostgresOptions(() => connection),
            },
        };
    }

    private static void Make(ServiceOptions options)
    {
        SealingKeyFile.Ensure(options.SealingKey.File!);
        using var draft = StoreDraft.Make(options, TimeProvider.System, NullLogger.Instance);
        draft.Publish();
    }

    private static Journal JournalOf(Store store) =>
        new(
            store.Database,
            store.Node,
            new Ordinals(store.Node.Id, TimeProvider.System),
            new JournalOptions { DiskReserveBytes = 0, ProveEvery = TimeSpan.FromMilliseconds(50) },
            new ChangeHub(TimeProvider.System, new JournalOptions(), NullLogger<ChangeHub>.Instance),
            TimeProvider.System,
            NullLogger<Journal>.Instance
        );

    private Process StartWriter(string? connection, string answers)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            ["-noLogo", "-explicit", "only", "-method", $"{typeof(CrashTests).FullName}.{nameof(WriteUntilKilled)}"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = answers;
        start.Environment[DatabaseVariable] = connection;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // Every third decision changes something, too: both ways of writing are under way when it ends.
    private static async Task WriteAsync(
        Journal journal,
        ConcurrentDictionary<long, string> answered,
        CancellationToken cancellationToken,
        Action<long, string>? tell = null
    )
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var key = Identifier.New("key");
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = new ThingHappened { At = TimeProvider.System.GetUtcNow(), Actor = AuditActor.System },
                    Replay = new ReplayKey(
                        Authenticator.HashOf(key),
                        TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1)
                    ),
                    Statements = i % 3 == 0 ? [new Statement("UPDATE installation SET proven = proven + 1")] : [],
                    Changes = i % 3 == 0 ? ChangeTopics.Feed : ChangeTopics.None,
                },
                CancellationToken.None
            );
            if (result.IsCommitted)
            {
                answered[result.Sequence] = key;
                tell?.Invoke(result.Sequence, key);
            }
            else
            {
                await Task.Yield();
            }
        }
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
            stored[sequence].ShouldBe(Authenticator.HashOf(key));
        }

        StoreUnderTest.VerifyChain(store.Database, store.Node.Name).ShouldBeGreaterThanOrEqualTo(answered.Count);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }
}
