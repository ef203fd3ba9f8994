using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>What a crash or an I/O error at each point of a batch leaves behind (S12, S13).</summary>
public abstract class JournalFaultTests(StorageBackend backend)
{
    public sealed class OnSqlite() : JournalFaultTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : JournalFaultTests(StorageBackend.Postgres);

    [Theory]
    [InlineData("Dequeued", false)]
    [InlineData("Begun", false)]
    [InlineData("Written", false)]
    [InlineData("Committed", true)]
    public async Task Commit_FailsAtPoint_NobodyIsToldYesAndTheChainHolds(string at, bool reachesDisk)
    {
        var point = Enum.Parse<JournalPoint>(at);
        var strike = false;
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (strike && reached == point)
                        {
                            throw new IOException("disk");
                        }
                    },
                }
        );
        await store.CommitAsync(store.Decide("before"));

        strike = true;
        var failed = await store.CommitAsync(store.Decide("during", StoreUnderTest.InsertThing("a")));
        var refused = await store.CommitAsync(store.Decide("after"));

        failed.Outcome.ShouldBe(CommitOutcome.Unavailable);
        failed.Refusal!.Code.Code.ShouldBe("store.unavailable");
        refused.Outcome.ShouldBe(CommitOutcome.Unavailable);
        store.Journal.IsHealthy.ShouldBeFalse();
        store.Scalar<long>("SELECT COUNT(*) FROM things").ShouldBe(reachesDisk ? 1 : 0);
        store.VerifyChain().ShouldBe(reachesDisk ? 2 : 1);
    }

    [Theory]
    [InlineData("Written")]
    [InlineData("Committed")]
    public async Task Commit_AfterFailure_GoesOnOnceProvenAndTheKeyStaysBurnt(string at)
    {
        var point = Enum.Parse<JournalPoint>(at);
        var strike = false;
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (strike && reached == point)
                        {
                            throw new IOException("disk");
                        }
                    },
                }
        );
        strike = true;
        await store.CommitAsync(store.Decide("during"));
        strike = false;

        store.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync(() => store.Journal.IsHealthy, TestContext.Current.CancellationToken);

        var again = await store.CommitAsync(store.Decide("during"));
        var next = await store.CommitAsync(store.Decide("next"));
        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        next.Outcome.ShouldBe(CommitOutcome.Committed);
        store.VerifyChain().ShouldBe(next.Sequence);
    }

    [Fact]
    public async Task LoadReplays_OfWhatCameAfterAKnownRow_ReadsNoMore()
    {
        using var store = new StoreUnderTest(backend);
        for (var i = 0; i < 5; i++)
        {
            await store.CommitAsync(store.Decide($"key-{i}"));
        }

        store.Restart();
        using var session = store.Store.Database.OpenSession(
            store.Store.Node,
            new Ordinals(store.Store.Node.Id, store.Time)
        );

        LoadedAfter(0).ShouldBe(5);
        LoadedAfter(3).ShouldBe(2);
        LoadedAfter(5).ShouldBe(0);
        LoadedAfter(6).ShouldBe(5); // the database has lost a row: all of it is read again

        int LoadedAfter(long known)
        {
            var replays = new ReplaySet();
            session.LoadReplays(replays, store.Time.GetUtcNow(), known);
            return replays.Count;
        }
    }

    [Fact]
    public async Task Prove_LongHistory_IsNotReadAgain()
    {
        var strike = false;
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (strike && reached == JournalPoint.Written)
                        {
                            throw new IOException("disk");
                        }
                    },
                }
        );
        await store.CommitAsync(store.Decide("first"));
        await store.CommitAsync(store.Decide("second"));
        // A reader would refuse the store for it, as a start does.
        store.Sql("UPDATE journal SET body = salt WHERE sequence = 1");
        strike = true;
        await store.CommitAsync(store.Decide("during"));
        strike = false;

        store.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync(() => store.Journal.IsHealthy, TestContext.Current.CancellationToken);

        (await store.CommitAsync(store.Decide("second"))).Outcome.ShouldBe(CommitOutcome.Replayed);
    }

    [Fact]
    public async Task Prove_StillFailing_StaysClosed()
    {
        var proofs = 0;
        var strike = false;
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (strike && reached == JournalPoint.Written)
                        {
                            Interlocked.Increment(ref proofs);
                            throw new IOException("disk");
                        }
                    },
                }
        );
        _ = store.Journal;
        strike = true;
        await store.CommitAsync(store.Decide());

        store.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync(() => Volatile.Read(ref proofs) >= 2, TestContext.Current.CancellationToken);

        store.Journal.IsHealthy.ShouldBeFalse();
        (await store.CommitAsync(store.Decide())).Outcome.ShouldBe(CommitOutcome.Unavailable);
    }

    [Fact]
    public async Task Prove_LongerThanItsPeriod_WritesNothingUnaskedAfterwards()
    {
        var strike = false;
        var batches = 0;
        StoreUnderTest? opened = null;
        using var store = opened = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (strike && reached == JournalPoint.Written)
                        {
                            throw new IOException("disk");
                        }

                        if (reached == JournalPoint.Dequeued)
                        {
                            // The next proof falls due while this one runs.
                            _ = Interlocked.Increment(ref batches) == 2 ? Advance(opened!) : 0;
                        }
                    },
                }
        );
        _ = store.Journal;
        strike = true;
        await store.CommitAsync(store.Decide());
        strike = false;
        store.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.UntilAsync(() => store.Journal.IsHealthy, TestContext.Current.CancellationToken);

        for (var i = 0; i < 5; i++)
        {
            await store.CommitAsync(store.Decide());
        }

        Volatile.Read(ref batches).ShouldBe(2 + 5);
    }

    [Fact]
    public async Task Commit_SlowFlush_SharesFlushesAmongWaiters()
    {
        var flushes = 0;
        using var store = new StoreUnderTest(
            backend,
            o =>
                o with
                {
                    Probe = reached =>
                    {
                        if (reached == JournalPoint.Written)
                        {
                            Interlocked.Increment(ref flushes);
                            SlowDevice.Operate(TimeSpan.FromMilliseconds(5)); // a disk slow enough to show who waits for whom
                        }
                    },
                }
        );
        _ = store.Journal;

        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 10; i++)
                        {
                            await store.CommitAsync(store.Decide());
                        }
                    })
                )
        );

        store.VerifyChain().ShouldBe(640);
        flushes.ShouldBeLessThan(160); // 640 decisions one by one would be 640
    }

    private static int Advance(StoreUnderTest store)
    {
        store.Time.Advance(TimeSpan.FromSeconds(1));
        return 0;
    }
}
