using System.Buffers.Binary;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>Keys of things that have an end of their own, as assertions have: how they are stored, and found again.</summary>
public abstract class ReplayKeyTests(StorageBackend backend)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    public sealed class OnSqlite() : ReplayKeyTests(StorageBackend.Sqlite)
    {
        [Theory]
        [InlineData(false, false)]
        [InlineData(false, true)]
        [InlineData(true, false)]
        [InlineData(true, true)]
        public async Task MayHaveUsed_AKeyInEitherForm_IsKnownWithoutTheDatabase(bool isOldForm, bool isAfterRestart)
        {
            using var store = new StoreUnderTest(StorageBackend.Sqlite);
            var (key, other) = (KeyOf(store, "jti"), KeyOf(store, "other"));
            store.Journal.MayHaveUsed(key).ShouldBeFalse();
            await store.CommitAsync(Use(store, isOldForm ? key with { Ends = null } : key));
            if (isAfterRestart)
            {
                store.Restart();
            }

            store.Journal.MayHaveUsed(key).ShouldBeTrue();
            store.Journal.MayHaveUsed(other).ShouldBeFalse();
        }

        [Fact]
        public async Task Commit_KeysWithAnEnd_AreStoredInTheOrderOfTheirEnds()
        {
            using var store = new StoreUnderTest(StorageBackend.Sqlite);
            foreach (var minutes in (int[])[30, 10, 20, 50, 40])
            {
                await store.CommitAsync(Use(store, KeyOf(store, $"jti-{minutes}", minutes)));
            }

            var first = store.Scalar<byte[]>("SELECT MIN(replay_key) FROM journal");
            var last = store.Scalar<byte[]>("SELECT MAX(replay_key) FROM journal");

            BinaryPrimitives.ReadUInt32BigEndian(first).ShouldBe((uint)End(store, 10).ToUnixTimeSeconds());
            BinaryPrimitives.ReadUInt32BigEndian(last).ShouldBe((uint)End(store, 50).ToUnixTimeSeconds());
            first[4..].ShouldBe(Credentials.Hash("jti-10")[4..]);
        }
    }

    public sealed class OnPostgres() : ReplayKeyTests(StorageBackend.Postgres)
    {
        [Fact]
        public async Task MayHaveUsed_AnyKey_IsTrue_BecauseOtherNodesUseKeysToo()
        {
            using var store = new StoreUnderTest(StorageBackend.Postgres);
            await store.CommitAsync(Use(store, KeyOf(store, "jti")));

            store.Journal.MayHaveUsed(KeyOf(store, "jti")).ShouldBeTrue();
            store.Journal.MayHaveUsed(KeyOf(store, "other")).ShouldBeTrue();
        }

        // Nodes of two versions run on one database during an upgrade, and must see each other's keys.
        [Fact]
        public async Task Commit_KeyWithAnEnd_IsStoredAsItWasBefore()
        {
            using var store = new StoreUnderTest(StorageBackend.Postgres);

            await store.CommitAsync(Use(store, KeyOf(store, "jti")));

            store.Scalar<byte[]>("SELECT replay_key FROM journal").ShouldBe(Credentials.Hash("jti"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_AgainWithAnotherEnd_IsReplayed_WhileTheFirstCouldBePresented(bool isAfterRestart)
    {
        using var store = new StoreUnderTest(backend);
        var at = store.Time.GetUtcNow();
        await store.CommitAsync(Use(store, KeyOf(store, "jti", 5)));
        store.Time.Advance(TimeSpan.FromMinutes(4));
        if (isAfterRestart)
        {
            store.Restart();
        }

        var again = await store.CommitAsync(Use(store, KeyOf(store, "jti", 60)));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        again.Existing!.Value.At.ShouldBe(at);
        store.VerifyChain().ShouldBe(1);
    }

    [Fact]
    public async Task Commit_TheSameAfterItsEnd_IsStillRefused()
    {
        using var store = new StoreUnderTest(backend);
        var key = KeyOf(store, "jti", 5);
        await store.CommitAsync(Use(store, key));
        store.Time.Advance(TimeSpan.FromMinutes(10));
        await store.CommitAsync(Use(store, KeyOf(store, "other")));
        store.Journal.RememberedReplays.ShouldBe(1);

        var again = await store.CommitAsync(Use(store, key));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
    }

    // What an earlier version stored, or a sign-in: the digest as it is.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_KeyThatIsStoredInTheOldForm_IsReplayed(bool isAfterRestart)
    {
        using var store = new StoreUnderTest(backend);
        var key = KeyOf(store, "jti");
        await store.CommitAsync(Use(store, key with { Ends = null, Tag = "first"u8.ToArray() }));
        store.Scalar<byte[]>("SELECT replay_key FROM journal").ShouldBe(Credentials.Hash("jti"));
        if (isAfterRestart)
        {
            store.Restart();
        }

        var again = await store.CommitAsync(Use(store, key));

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        again.Existing!.Value.Tag.ToArray().ShouldBe("first"u8.ToArray());
        store.VerifyChain().ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HasUsed_AKeyInEitherForm_IsFound(bool isOldForm)
    {
        using var store = new StoreUnderTest(backend);
        var audit = new AuditLog(store.Store.Database);
        var (key, other) = (KeyOf(store, "jti"), KeyOf(store, "other"));
        await store.CommitAsync(Use(store, isOldForm ? key with { Ends = null } : key));

        (await audit.HasUsedAsync(key, TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await audit.HasUsedAsync(other, TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_HundredAtOnce_WithTwoEnds_OneIsCommitted()
    {
        using var store = new StoreUnderTest(backend);
        _ = store.Journal;

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i => Task.Run(() => store.CommitAsync(Use(store, KeyOf(store, "jti", 5 + (i % 2))))))
        );

        results.Count(result => result.Outcome == CommitOutcome.Committed).ShouldBe(1);
        results.Count(result => result.Outcome == CommitOutcome.Replayed).ShouldBe(99);
        store.VerifyChain().ShouldBe(1);
    }

    [Fact]
    public void Forget_DropsWhatEnded_AndNothingElse()
    {
        var replays = new ReplaySet();
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        for (var i = 0; i < 100; i++)
        {
            var key = new ReplayKey(Credentials.Hash($"jti-{i}"), now.AddMinutes(i));
            replays.TryClaim(key, new ReplayClaim(default(ReplayUse)), out _).ShouldBeTrue();
        }

        replays.Forget(now.AddMinutes(30));

        replays.Count.ShouldBe(70);
        var kept = new ReplayKey(Credentials.Hash("jti-30"), now.AddMinutes(90));
        replays.TryClaim(kept, new ReplayClaim(default(ReplayUse)), out _).ShouldBeFalse();
        var ended = new ReplayKey(Credentials.Hash("jti-29"), now.AddMinutes(90));
        replays.TryClaim(ended, new ReplayClaim(default(ReplayUse)), out _).ShouldBeTrue();
    }

    private static Decision Use(StoreUnderTest store, ReplayKey key) => store.Decide() with { Replay = key };

    private static ReplayKey KeyOf(StoreUnderTest store, string text, int minutes = 5)
    {
        var end = End(store, minutes);
        return new ReplayKey(Credentials.Hash(text), end + Leeway) { Ends = end };
    }

    private static DateTimeOffset End(StoreUnderTest store, int minutes) => store.Time.GetUtcNow().AddMinutes(minutes);
}
