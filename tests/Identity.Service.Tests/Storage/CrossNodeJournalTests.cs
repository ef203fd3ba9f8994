using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>Two journals on one PostgreSQL: the database decides who was first, and no chain gets a hole by it.</summary>
public sealed class CrossNodeJournalTests : IDisposable
{
    private readonly StoreUnderTest store = new(StorageBackend.Postgres);
    private readonly ChangeHub otherChanges;
    private readonly Journal other;

    public CrossNodeJournalTests()
    {
        otherChanges = new ChangeHub(store.Time, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        other = new Journal(
            store.Store.Database,
            new StoreNode("node-2", 2),
            new Ordinals(2, store.Time),
            new JournalOptions { DiskReserveBytes = 0 },
            otherChanges,
            store.Time,
            NullLogger<Journal>.Instance
        );
        _ = store.Journal;
    }

    [Fact]
    [Trait("Attack", "A19")]
    public async Task Commit_SameKeysOnBothNodesInOppositeOrder_EachIsCommittedOnce()
    {
        var keys = Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();

        var one = Task.WhenAll(keys.Select(key => Task.Run(() => CommitAsync(store.Journal, key, "one"))));
        var two = Task.WhenAll(
            keys.AsEnumerable().Reverse().Select(key => Task.Run(() => CommitAsync(other, key, "two")))
        );

        var results = (await one).Concat((await two).Reverse()).ToList();
        for (var i = 0; i < keys.Count; i++)
        {
            var (mine, theirs) = (results[i], results[keys.Count + i]);
            (mine.IsCommitted ^ theirs.IsCommitted).ShouldBeTrue();
            var loser = mine.IsCommitted ? theirs : mine;
            loser.Outcome.ShouldBe(CommitOutcome.Replayed);
            Encoding.UTF8.GetString(loser.Existing!.Value.Tag.Span).ShouldBe(mine.IsCommitted ? "one" : "two");
        }

        var rows = store.VerifyChain() + StoreUnderTest.VerifyChain(store.Store.Database, "node-2");
        rows.ShouldBe(keys.Count);
    }

    [Fact]
    public async Task Commit_ChangesOnBothNodes_CountEveryRowOnce()
    {
        // What stores do: number the row after the highest there is, up to a limit.
        static Statement Numbered(string id) =>
            new Statement(
                "INSERT INTO things (id, value) SELECT @id, (SELECT COALESCE(MAX(value), 0) + 1 FROM things) "
                    + "WHERE (SELECT COUNT(*) FROM things) < 30",
                new { id }
            ).ExpectingOne(ThingErrors.Missing.Refuse());

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 80)
                .Select(i =>
                    Task.Run(async () =>
                        await (i % 2 == 0 ? store.Journal : other).CommitAsync(
                            store.Decide(null, Numbered($"thing-{i}")) with
                            {
                                Changes = ChangeTopics.Federation,
                            },
                            TestContext.Current.CancellationToken
                        )
                    )
                )
        );

        results.Count(result => result.IsCommitted).ShouldBe(30);
        store.Scalar<long>("SELECT COUNT(DISTINCT value) FROM things").ShouldBe(30);
        store.Scalar<long>("SELECT MAX(value) FROM things").ShouldBe(30);
    }

    public void Dispose()
    {
        other.Dispose();
        otherChanges.Dispose();
        store.Dispose();
    }

    private async Task<CommitResult> CommitAsync(Journal journal, string key, string tag) =>
        await journal.CommitAsync(
            new Decision
            {
                Event = new ThingHappened(store.Time.GetUtcNow()),
                Replay = store.KeyOf(key) with { Tag = Encoding.UTF8.GetBytes(tag) },
            },
            TestContext.Current.CancellationToken
        );
}
