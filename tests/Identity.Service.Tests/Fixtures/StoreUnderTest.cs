using System.Collections.Concurrent;
using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>An initialised store in a temporary folder, with a journal that tests can stop, break and reopen.</summary>
internal sealed class StoreUnderTest : IDisposable
{
    private static readonly ConcurrentDictionary<StorageBackend, Lazy<StoreSnapshot>> Made = new();

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-store-").FullName;
    private readonly Func<JournalOptions, JournalOptions> options;
    private Journal? journal;
    private ChangeHub? changes;

    public StoreUnderTest(StorageBackend? backend = null, Func<JournalOptions, JournalOptions>? options = null)
    {
        this.options = options ?? (o => o);
        ServiceOptions = ServiceUnderTest.OptionsIn(folder, backend);
        Made.GetOrAdd(
                backend ?? StorageBackends.Default,
                static backend => new Lazy<StoreSnapshot>(() => Make(backend))
            )
            .Value.PutTo(ServiceOptions);
        TestDatabase.Find(ServiceOptions)?.AddUser();
        Store = Store.Open(ServiceOptions.StoreSettings, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public ServiceOptions ServiceOptions { get; }

    public Store Store { get; }

    public Journal Journal
    {
        get
        {
            if (journal is null)
            {
                var present = options(new JournalOptions { DiskReserveBytes = 0 });
                changes = new ChangeHub(Time, present, NullLogger<ChangeHub>.Instance);
                journal = new Journal(
                    Store.Database,
                    Store.Node,
                    new Ordinals(Store.Node.Id, Time),
                    present,
                    changes,
                    Time,
                    NullLogger<Journal>.Instance
                );
            }

            return journal;
        }
    }

    /// <summary>Of the present journal.</summary>
    public ChangeHub Changes
    {
        get
        {
            _ = Journal;
            return changes!;
        }
    }

    /// <summary>Ends the writer; the next use starts a new one on what the disk holds.</summary>
    public void Restart()
    {
        journal?.Dispose();
        changes?.Dispose();
        journal = null;
    }

    public void Sql(string sql, object? parameters = null)
    {
        using var connection = Store.Database.OpenWrite();
        connection.Execute(sql, parameters);
    }

    public T Scalar<T>(string sql)
    {
        using var connection = Store.Database.OpenWrite();
        return connection.ExecuteScalar<T>(sql)!;
    }

    public Decision Decide(string? replay = null, params Statement[] statements) =>
        new()
        {
            Event = new ThingHappened(Time.GetUtcNow()),
            Replay = replay is null ? null : KeyOf(replay),
            Statements = statements,
        };

    public ReplayKey KeyOf(string text) => new(Credentials.Hash(text), Time.GetUtcNow() + TimeSpan.FromMinutes(5));

    public Task<CommitResult> CommitAsync(Decision decision) =>
        Journal.CommitAsync(decision, TestContext.Current.CancellationToken).AsTask();

    public static Statement InsertThing(string id, long value = 0) =>
        new("INSERT INTO things (id, value) VALUES (@id, @value)", new { id, value });

    public long VerifyChain() => VerifyChain(Store.Database, Store.Node.Name);

    /// <summary>Recomputes a node's chain from its first row; the number of rows.</summary>
    public static long VerifyChain(Database database, string node)
    {
        using var connection = database.OpenWrite();
        var head = JournalChain.Start;
        long expected = 0;
        foreach (
            var row in connection.Query<AuditEntry>(
                "SELECT ordinal AS Ordinal, node AS Node, sequence AS Sequence, body AS Body, salt AS Salt, "
                    + "body_digest AS BodyDigest, hash AS Hash FROM journal WHERE node = @node ORDER BY sequence",
                new { node }
            )
        )
        {
            expected++;
            head = JournalChain.Next(head, JournalChain.Digest(row.Salt, row.Body));
            if (row.Sequence != expected || !head.AsSpan().SequenceEqual(row.Hash))
            {
                throw new InvalidOperationException($"The chain of {node} is broken at {row.Sequence}.");
            }
        }

        return expected;
    }

    public void Dispose()
    {
        journal?.Dispose();
        changes?.Dispose();
        Store.Dispose();
        TestDatabase.Find(ServiceOptions)?.RemoveUser();
        Directory.Delete(folder, recursive: true);
    }

    private static StoreSnapshot Make(StorageBackend backend)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-store-").FullName;
        try
        {
            var options = ServiceUnderTest.OptionsIn(folder, backend);
            SealingKeyFile.Ensure(options.SealingKey.File!);
            using (var draft = StoreDraft.Make(options.StoreSettings, new FakeTimeProvider(), NullLogger.Instance))
            {
                draft.Publish();
            }

            using (var database = Store.CreateDatabase(options.StoreSettings))
            using (var connection = database.OpenWrite())
            {
                connection.Execute("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)");
            }

            return StoreSnapshot.Take(options);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
