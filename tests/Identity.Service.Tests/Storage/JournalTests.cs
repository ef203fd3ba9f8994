using System.Collections.Concurrent;
using System.Data.Common;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>The journal's contract: what any store must keep, whatever its database.</summary>
public abstract class JournalTests(StorageBackend backend)
{
    public sealed class OnSqlite() : JournalTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : JournalTests(StorageBackend.Postgres);

    [Fact]
    public async Task Commit_Decision_IsDurableAndChained()
    {
        using var store = new StoreUnderTest(backend);

        var first = await store.CommitAsync(store.Decide(statements: StoreUnderTest.InsertThing("a")));
        var second = await store.CommitAsync(store.Decide());
        store.Restart();

        (first.Sequence, second.Sequence).ShouldBe((1, 2));
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(1);
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_TimeUntilDurable_IsMeasured()
    {
        StoreUnderTest? store = null;
        var taken = false;
        using var under = store = new StoreUnderTest(
            backend,
            options =>
                options with
                {
                    Probe = point =>
                    {
                        if (point == JournalPoint.Dequeued && !taken)
                        {
                            taken = true;
                            store!.Time.Advance(TimeSpan.FromMilliseconds(12_345));
                        }
                    },
                }
        );
        var seconds = new ConcurrentQueue<double>(); // those of other journals are in it too
        using var listener = Instruments.Listen<double>(
            "culvert_journal_commit_seconds",
            (value, _) => seconds.Enqueue(value)
        );

        await store.CommitAsync(store.Decide());

        seconds.ShouldContain(12.345);
    }

    [Fact]
    public async Task Commit_WithoutEvent_ChangesWithoutChaining()
    {
        using var store = new StoreUnderTest(backend);

        var result = await store.CommitAsync(new Decision { Statements = [StoreUnderTest.InsertThing("a")] });

        result.Outcome.ShouldBe(CommitOutcome.Committed);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(1);
        store.VerifyChain().ShouldBe(0);
    }

    [Fact]
    public async Task Commit_SameReplayKey_IsReplayedWithoutHole()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide("jti"));

        var again = await store.CommitAsync(store.Decide("jti", StoreUnderTest.InsertThing("a")));
        var next = await store.CommitAsync(store.Decide("other"));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        next.Sequence.ShouldBe(2);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(0);
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_AfterAKeysEnd_ForgetsItInMemoryAndStillRefusesIt()
    {
        using var store = new StoreUnderTest(backend);
        var ended = store.KeyOf("jti");
        await store.CommitAsync(store.Decide("jti"));
        store.Time.Advance(TimeSpan.FromMinutes(7));

        await store.CommitAsync(store.Decide("other"));

        store.Journal.RememberedReplays.ShouldBe(1);
        var again = await store.CommitAsync(store.Decide() with { Replay = ended });
        again.Outcome.ShouldBe(CommitOutcome.Replayed);
    }

    [Fact]
    public async Task Commit_ReplayKeyKnownToTheDatabaseAlone_IsReplayedWithoutHole()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide("jti"));
        var sameKeyOtherEnd = new ReplayKey(
            store.KeyOf("jti").ToArray(),
            store.Time.GetUtcNow() + TimeSpan.FromHours(3) // another bucket in memory: only the unique column knows
        );

        var again = await store.CommitAsync(
            store.Decide("x", StoreUnderTest.InsertThing("a")) with
            {
                Replay = sameKeyOtherEnd,
            }
        );
        var next = await store.CommitAsync(store.Decide("other"));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        again.Existing!.Value.At.ShouldBe(store.Time.GetUtcNow());
        next.Sequence.ShouldBe(2);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(0);
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_SameReplayKey_ShowsTheFirstUse()
    {
        using var store = new StoreUnderTest(backend);
        var at = store.Time.GetUtcNow();
        await store.CommitAsync(store.Decide() with { Replay = store.KeyOf("jti") with { Tag = "first"u8.ToArray() } });
        store.Time.Advance(TimeSpan.FromSeconds(7));

        var again = await store.CommitAsync(
            store.Decide() with
            {
                Replay = store.KeyOf("jti") with { Tag = "second"u8.ToArray() },
            }
        );

        again.Existing!.Value.Tag.ToArray().ShouldBe("first"u8.ToArray());
        again.Existing!.Value.At.ShouldBe(at);
        store.Restart();
        var afterRestart = await store.CommitAsync(store.Decide("jti"));
        afterRestart.Existing!.Value.Tag.ToArray().ShouldBe("first"u8.ToArray());
        afterRestart.Existing!.Value.At.ShouldBe(at);
    }

    [Fact]
    public async Task Commit_ReplayKeyWithoutTag_ShowsAnEmptyTag()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide("jti"));

        var again = await store.CommitAsync(store.Decide("jti"));

        again.Existing!.Value.Tag.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Commit_KeyOfADecisionThatWasNotWritten_IsReplayedWithoutFirstUse()
    {
        using var store = new StoreUnderTest(backend);
        var stale = new Statement("UPDATE things SET value = 1").ExpectingOne(ThingErrors.Missing.Refuse());
        await store.CommitAsync(store.Decide("jti", stale));

        var again = await store.CommitAsync(store.Decide("jti"));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        again.Existing.ShouldBeNull();
    }

    [Fact]
    public async Task Commit_WithPreceding_ChainsBothInTheirOrder()
    {
        using var store = new StoreUnderTest(backend);

        var result = await store.CommitAsync(
            store.Decide(statements: StoreUnderTest.InsertThing("a")) with
            {
                Preceding = store.Decide("jti"),
            }
        );

        (result.Outcome, result.Sequence).ShouldBe((CommitOutcome.Committed, 2));
        store.Scalar<long>("SELECT sequence FROM journal WHERE replay_key IS NOT NULL").ShouldBe(1);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(1);
        store.VerifyChain().ShouldBe(2);
    }

    // From memory, and from the database alone: that key is in another bucket.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Commit_PrecedingIsAReplay_WritesNeither(int laterHours)
    {
        using var store = new StoreUnderTest(backend);
        var first = store.KeyOf("jti") with { Tag = "first"u8.ToArray() };
        await store.CommitAsync(store.Decide() with { Replay = first });
        var again =
            laterHours == 0 ? first : new ReplayKey(first.ToArray(), store.Time.GetUtcNow().AddHours(laterHours));

        var result = await store.CommitAsync(
            store.Decide(statements: StoreUnderTest.InsertThing("a")) with
            {
                Preceding = store.Decide() with { Replay = again },
            }
        );
        var next = await store.CommitAsync(store.Decide("other"));

        result.Outcome.ShouldBe(CommitOutcome.Replayed);
        result.Existing!.Value.Tag.ToArray().ShouldBe("first"u8.ToArray());
        next.Sequence.ShouldBe(2);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(0);
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_ConflictAfterThePreceding_KeepsThePrecedingAndItsKey()
    {
        using var store = new StoreUnderTest(backend);
        var stale = new Statement("UPDATE things SET value = 1").ExpectingOne(ThingErrors.Missing.Refuse());

        var result = await store.CommitAsync(store.Decide(statements: stale) with { Preceding = store.Decide("jti") });
        var again = await store.CommitAsync(store.Decide("jti"));

        (result.Outcome, result.Refusal!.Code).ShouldBe((CommitOutcome.Refused, ThingErrors.Missing));
        (again.Outcome, again.Existing is not null).ShouldBe((CommitOutcome.Replayed, true));
        store.VerifyChain().ShouldBe(1);
    }

    [Fact]
    public async Task Commit_ManyPairsAtOnce_WritesThoseWithoutObjection()
    {
        using var store = new StoreUnderTest(backend);
        var stale = new Statement("UPDATE things SET value = 1 WHERE id = 'none'").ExpectingOne(
            ThingErrors.Missing.Refuse()
        );

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(async i =>
                    await store.CommitAsync(
                        store.Decide(statements: i % 3 == 0 ? stale : StoreUnderTest.InsertThing($"t{i}")) with
                        {
                            Preceding = store.Decide($"jti-{i / 2}"),
                        }
                    )
                )
        );

        // Of the two with one key one is the first, and of the firsts those with a stale statement conflict.
        results.Count(result => result.Outcome == CommitOutcome.Replayed).ShouldBe(15);
        var committed = results.Count(result => result.IsCommitted);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(committed);
        store.VerifyChain().ShouldBe(15 + committed);
    }

    [Fact]
    public async Task Commit_TwoReplayKeysInOne_IsAFault()
    {
        using var store = new StoreUnderTest(backend);

        await Should.ThrowAsync<ArgumentException>(async () =>
            await store.CommitAsync(store.Decide("a") with { Preceding = store.Decide("b") })
        );
    }

    [Fact]
    public void Tag_Above64Bytes_IsAFault() =>
        Should.Throw<ArgumentOutOfRangeException>(() =>
            new ReplayKey(new byte[32], DateTimeOffset.UnixEpoch) with
            {
                Tag = new byte[65],
            }
        );

    [Fact]
    public async Task Commit_HundredConcurrentWithOneReplayKey_OneIsCommitted()
    {
        using var store = new StoreUnderTest(backend);
        _ = store.Journal;

        var results = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => Task.Run(() => store.CommitAsync(store.Decide("jti"))))
        );

        results.Count(result => result.Outcome == CommitOutcome.Committed).ShouldBe(1);
        var replayed = results.Where(result => result.Outcome == CommitOutcome.Replayed).ToList();
        replayed.Count.ShouldBe(99);
        replayed.ShouldAllBe(result => result.Existing!.Value.At == store.Time.GetUtcNow());
        store.VerifyChain().ShouldBe(1);
    }

    [Fact]
    public async Task Commit_ReplayKeyAfterRestart_IsStillReplayed()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide("jti"));
        store.Restart();

        var again = await store.CommitAsync(store.Decide("jti"));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
    }

    [Fact]
    public async Task Commit_ExpectedRowsMissed_IsItsRefusalAndUndone()
    {
        using var store = new StoreUnderTest(backend);
        var stale = new Statement("UPDATE things SET value = 1 WHERE id = 'a'").ExpectingOne(
            ThingErrors.Missing.Refuse()
        );

        var result = await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("b"), stale));

        result.Outcome.ShouldBe(CommitOutcome.Refused);
        result.Refusal!.Code.ShouldBe(ThingErrors.Missing);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(0);
        store.VerifyChain().ShouldBe(0);
    }

    [Fact]
    public async Task Commit_OneOfSeveralConditionsFails_IsItsRefusalAndTheNeighboursGoOn()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a"), StoreUnderTest.InsertThing("b")));
        var absent = new Statement("SELECT 1 FROM things WHERE id = @id", new { id = "c" }).ExpectingOne(
            ThingErrors.Exists.Refuse()
        );

        var outcomes = await Task.WhenAll(
            store.CommitAsync(store.Decide(null, Exists("a"), Exists("b"), StoreUnderTest.InsertThing("d"))),
            store.CommitAsync(store.Decide(null, Exists("a"), absent, Exists("b"), StoreUnderTest.InsertThing("e"))),
            store.CommitAsync(store.Decide(null, Exists("b"), Exists("a"), StoreUnderTest.InsertThing("f")))
        );

        outcomes.Select(result => result.Refusal?.Code).ShouldBe([null, ThingErrors.Exists, null]);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(4);
        store.VerifyChain().ShouldBe(3);
    }

    [Fact]
    public async Task Commit_Condition_HoldsOrIsItsRefusal()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));

        var held = await store.CommitAsync(store.Decide(null, Exists("a"), StoreUnderTest.InsertThing("b")));
        var missed = await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("c"), Exists("d")));

        held.Outcome.ShouldBe(CommitOutcome.Committed);
        missed.Refusal!.Code.ShouldBe(ThingErrors.Missing);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(2);
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_OneBatchWithEveryKindOfRefusal_EachIsUndoneAlone()
    {
        using var queued = new ManualResetEventSlim(initialState: true);
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = point =>
                    {
                        if (point == JournalPoint.Dequeued)
                        {
                            queued.Wait(Eventually.Limit);
                        }
                    },
                }
        );

        await store.CommitAsync(store.Decide("used"));
        queued.Reset();

        // Whatever the writer took first, it waits until all others are in this or in its next batch.
        List<Task<CommitResult>> good = [.. Things("early")];
        var unmet = store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("x"), Exists("nothing")));
        var faulty = store.CommitAsync(store.Decide(null, new Statement("INSERT INTO nowhere (x) VALUES (1)")));
        var second = store.CommitAsync(
            store.Decide(null, StoreUnderTest.InsertThing("early-0").Unique(ThingErrors.Exists.Refuse()))
        );
        var replayed = store.CommitAsync(
            store.Decide(null, StoreUnderTest.InsertThing("y")) with
            {
                Replay = new ReplayKey(store.KeyOf("used").ToArray(), store.Time.GetUtcNow() + TimeSpan.FromHours(3)),
            }
        );
        good.AddRange(Things("late"));
        queued.Set();

        (await unmet).Refusal!.Code.ShouldBe(ThingErrors.Missing);
        await Should.ThrowAsync<DbException>(faulty);
        (await second).Refusal!.Code.ShouldBe(ThingErrors.Exists);
        (await replayed).Outcome.ShouldBe(CommitOutcome.Replayed);
        (await Task.WhenAll(good)).ShouldAllBe(result => result.Outcome == CommitOutcome.Committed);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(6);
        store.VerifyChain().ShouldBe(7);

        IEnumerable<Task<CommitResult>> Things(string name) =>
            Enumerable
                .Range(0, 3)
                .Select(i => store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing($"{name}-{i}"))));
    }

    [Fact]
    public async Task Commit_EmptyTextAndOctets_AreNotNull()
    {
        using var store = new StoreUnderTest(backend);
        store.Sql(store.Store.Database.Translate("CREATE TABLE marks (name TEXT NOT NULL, octets BLOB NOT NULL)"));

        await store.CommitAsync(
            store.Decide(
                null,
                new Statement(
                    "INSERT INTO marks (name, octets) VALUES (@name, @octets)",
                    new { name = "", octets = Array.Empty<byte>() }
                )
            )
        );

        store.Scalar<long>("SELECT COUNT(*) FROM marks WHERE name = '' AND length(octets) = 0").ShouldBe(1);
    }

    [Fact]
    public async Task Commit_DeclaredConstraint_IsItsRefusal()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));

        var result = await store.CommitAsync(
            store.Decide(null, StoreUnderTest.InsertThing("a").Unique(ThingErrors.Exists.Refuse()))
        );

        result.Refusal!.Code.ShouldBe(ThingErrors.Exists);
    }

    // The first statement that finds another state than expected decides.
    [Theory]
    [InlineData("a", "b", null)]
    [InlineData("c", "b", "The thing c is missing.")]
    [InlineData("a", "a", "The thing exists.")]
    [InlineData("c", "a", "The thing c is missing.")]
    public async Task Commit_TwoConditionsWithRefusals_AnswersTheRefusalOfTheUnmetOne(
        string required,
        string inserted,
        string? message
    )
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));

        var result = await store.CommitAsync(
            store.Decide(
                null,
                new Statement("SELECT 1 FROM things WHERE id = @required", new { required }).ExpectingOne(
                    ThingErrors.Missing.Refuse($"The thing {required} is missing.")
                ),
                StoreUnderTest.InsertThing(inserted).Unique(ThingErrors.Exists.Refuse())
            )
        );

        result.IsCommitted.ShouldBe(message is null);
        (result.RefusalUnlessCommitted()?.Message).ShouldBe(message);
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(message is null ? 2 : 1);
    }

    [Fact]
    public async Task Commit_ConditionWithoutRefusal_IsStaleAndNeverAnswered()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));
        var absent = new Statement("SELECT 1 FROM things WHERE id = 'b'").ExpectingOne();

        var missed = await store.CommitAsync(store.Decide(null, absent));
        var taken = await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a").Unique()));

        (missed.IsStale, taken.IsStale).ShouldBe((true, true));
        Should.Throw<InvalidOperationException>(() => missed.RefusalUnlessCommitted());
    }

    [Fact]
    public async Task Commit_FaultyDecision_ThrowsToItsCallerAlone()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));

        var faulty = store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("a")));
        var wrong = store.CommitAsync(store.Decide(null, new Statement("INSERT INTO nowhere (x) VALUES (1)")));
        var good = store.CommitAsync(store.Decide(null, StoreUnderTest.InsertThing("b")));

        await Should.ThrowAsync<DbException>(faulty);
        await Should.ThrowAsync<DbException>(wrong);
        (await good).Outcome.ShouldBe(CommitOutcome.Committed);
        store.Journal.IsHealthy.ShouldBeTrue();
        store.VerifyChain().ShouldBe(2);
    }

    [Fact]
    public async Task Commit_FeedChange_RaisesRevisionDurablyAndWakesWaiters()
    {
        using var store = new StoreUnderTest(backend);
        var before = store.Changes.Current;
        var waiting = store
            .Changes.WaitBeyondAsync(before, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
            .AsTask();

        var result = await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.Feed });

        (await waiting).ShouldBeTrue();
        result.Revision.ShouldBe(before + 1);
        store.Restart();
        store.Changes.Current.ShouldBe(before + 1);
    }

    [Fact]
    public async Task Commit_RefusedDecisionThatChangesTheFeed_LeavesRevision()
    {
        using var store = new StoreUnderTest(backend);
        var stale = new Statement("UPDATE things SET value = 1").ExpectingOne(ThingErrors.Missing.Refuse());

        var result = await store.CommitAsync(store.Decide(null, stale) with { Changes = ChangeTopics.Feed });

        result.Revision.ShouldBe(0);
        store.Changes.Current.ShouldBe(0);
    }

    [Fact]
    public async Task WaitBeyond_NothingHappens_IsFalseAfterTheWait()
    {
        using var store = new StoreUnderTest(backend);
        var waiting = store
            .Changes.WaitBeyondAsync(0, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
            .AsTask();

        store.Time.Advance(TimeSpan.FromSeconds(30));

        (await waiting).ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_BulkBelowDiskReserve_IsRefusedAndEssentialGoesOn()
    {
        using var store = new StoreUnderTest(backend, o => o with { DiskReserveBytes = 100, FreeBytes = () => 99 });

        var bulk = await store.CommitAsync(store.Decide() with { Class = DecisionClass.Bulk });
        var essential = await store.CommitAsync(store.Decide());

        bulk.Refusal!.Code.Code.ShouldBe("store.disk_reserve");
        essential.Outcome.ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public async Task Commit_BulkAtDiskReserve_IsAccepted()
    {
        using var store = new StoreUnderTest(backend, o => o with { DiskReserveBytes = 100, FreeBytes = () => 100 });

        var bulk = await store.CommitAsync(store.Decide() with { Class = DecisionClass.Bulk });

        bulk.Outcome.ShouldBe(CommitOutcome.Committed);
    }

    [Fact]
    public async Task Open_BodyChangedFromOutside_IsRefused()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide());
        store.Restart();
        store.Sql("UPDATE journal SET body = @body", new { body = "{}"u8.ToArray() });

        Should.Throw<StoreException>(() => store.Journal);
    }

    [Fact]
    public async Task Open_EntryRemovedFromTheMiddle_IsRefused()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide());
        await store.CommitAsync(store.Decide());
        await store.CommitAsync(store.Decide());
        store.Restart();
        store.Sql("DELETE FROM journal WHERE sequence = 2");

        Should.Throw<StoreException>(() => store.Journal);
    }

    [Fact]
    public async Task Open_BodyDroppedByRetention_IsAccepted()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide());
        store.Restart();
        store.Sql("UPDATE journal SET body = NULL");

        (await store.CommitAsync(store.Decide())).Sequence.ShouldBe(2);
    }

    private static Statement Exists(string id) =>
        new Statement("SELECT 1 FROM things WHERE id = @id", new { id }).ExpectingOne(ThingErrors.Missing.Refuse());
}
