using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public abstract class ChangesTests(StorageBackend backend)
{
    public sealed class OnSqlite() : ChangesTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : ChangesTests(StorageBackend.Postgres);

    [Fact]
    public async Task Commit_Change_RunsThoseWhoSubscribedToItsTopic()
    {
        using var store = new StoreUnderTest(backend);
        var (federation, keys) = (new Counter(), new Counter());
        store.Changes.Subscribe(ChangeTopics.Federation, federation.RunAsync);
        store.Changes.Subscribe(ChangeTopics.SigningKeys | ChangeTopics.Revocations, keys.RunAsync);

        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.Federation | ChangeTopics.Feed });
        await store.Changes.WhenDeliveredAsync(ChangeTopics.Federation);
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.Revocations });
        await store.Changes.WhenDeliveredAsync(ChangeTopics.Revocations);

        (federation.Runs, keys.Runs).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Commit_RefusedChange_RunsNobody()
    {
        using var store = new StoreUnderTest(backend);
        var counter = new Counter();
        store.Changes.Subscribe(ChangeTopics.Federation, counter.RunAsync);
        var stale = new Statement("UPDATE things SET value = 1").ExpectingOne(ThingErrors.Missing.Refuse());

        await store.CommitAsync(store.Decide(null, stale) with { Changes = ChangeTopics.Federation });
        await store.Changes.WhenDeliveredAsync(ChangeTopics.Federation);

        counter.Runs.ShouldBe(0);
        store.Scalar<long>("SELECT counter FROM change_counters WHERE topic = 2").ShouldBe(0);
    }

    [Fact]
    public async Task Commit_ManyChangesDuringARun_ShareTheNextOne()
    {
        using var store = new StoreUnderTest(backend);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = new Counter(gate.Task);
        store.Changes.Subscribe(ChangeTopics.IssuerKeys, counter.RunAsync);
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.IssuerKeys });
        await counter.FirstRun;

        for (var i = 0; i < 5; i++)
        {
            await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.IssuerKeys });
        }

        var delivered = store.Changes.WhenDeliveredAsync(ChangeTopics.IssuerKeys);
        delivered.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await delivered;
        counter.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Handler_Throws_IsRunAgainAfterASecond()
    {
        using var store = new StoreUnderTest(backend);
        var runs = 0;
        store.Changes.Subscribe(
            ChangeTopics.Federation,
            _ => Interlocked.Increment(ref runs) == 1 ? throw new IOException("database") : Task.CompletedTask
        );

        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.Federation });
        await store.Changes.WhenDeliveredAsync(ChangeTopics.Federation);
        Volatile.Read(ref runs).ShouldBe(1);
        await Eventually.UntilAsync(
            () => Volatile.Read(ref runs) >= 2,
            TestContext.Current.CancellationToken,
            () => store.Time.Advance(TimeSpan.FromSeconds(1))
        );

        await store.Changes.WhenDeliveredAsync(ChangeTopics.Federation);
        Volatile.Read(ref runs).ShouldBe(2);
    }

    [Fact]
    public void Observe_OlderCounters_AreNothingNew()
    {
        using var hub = new ChangeHub(TimeProvider.System, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        var counter = new Counter();
        var newer = ChangeCounters.From([(1, 5), (2, 5)]);
        hub.Start(newer);
        hub.Subscribe(ChangeTopics.Feed | ChangeTopics.Federation, counter.RunAsync);

        hub.Observe(ChangeCounters.From([(1, 4), (2, 3)]));
        hub.Observe(newer);

        counter.Runs.ShouldBe(0);
        hub.Current.ShouldBe(5);
    }

    [Fact]
    public void IsCurrent_CountersOutOfSight_EndsAfterFiveSeconds()
    {
        using var hub = new ChangeHub(TimeProvider.System, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        var blind = TimeSpan.Zero;
        hub.IsCurrent(ChangeTopics.Federation).ShouldBeTrue();
        hub.WatchedBy(() => blind);

        blind = TimeSpan.FromSeconds(5);
        hub.IsCurrent(ChangeTopics.Federation).ShouldBeTrue();
        blind += TimeSpan.FromTicks(1);
        hub.IsCurrent(ChangeTopics.Federation).ShouldBeFalse();
    }

    [Fact]
    public async Task IsCurrent_ChangeThatTakesNoEffect_EndsAfterFiveSecondsForItsTopicAlone()
    {
        var pulse = new FakeTimeProvider();
        using var store = new StoreUnderTest(backend, options => options with { Pulse = pulse });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stuck = new Counter(gate.Task);
        store.Changes.Subscribe(ChangeTopics.Revocations, stuck.RunAsync);
        store.Changes.Subscribe(ChangeTopics.Federation, new Counter().RunAsync);
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.Revocations | ChangeTopics.Federation });
        await stuck.FirstRun;
        await store.Changes.WhenDeliveredAsync(ChangeTopics.Federation);

        pulse.Advance(ChangeHub.MaxBlindness);
        store.Changes.IsCurrent(ChangeTopics.Revocations).ShouldBeTrue();
        pulse.Advance(TimeSpan.FromMilliseconds(1));
        store.Changes.IsCurrent(ChangeTopics.Revocations).ShouldBeFalse();
        store.Changes.IsCurrent(ChangeTopics.Federation).ShouldBeTrue();

        var delivered = store.Changes.WhenDeliveredAsync(ChangeTopics.Revocations);
        gate.SetResult();
        await delivered;
        store.Changes.IsCurrent(ChangeTopics.Revocations).ShouldBeTrue();
    }

    [Fact]
    public async Task IsCurrent_ChangeDuringARun_CountsFromItsOwnArrival()
    {
        var pulse = new FakeTimeProvider();
        using var store = new StoreUnderTest(backend, options => options with { Pulse = pulse });
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var runs = 0;
        var (first, second) = (Signal(), Signal());
        store.Changes.Subscribe(
            ChangeTopics.IssuerKeys,
            async cancellationToken =>
            {
                var run = Interlocked.Increment(ref runs) - 1;
                (run == 0 ? first : second).SetResult();
                await gates[run].Task.WaitAsync(cancellationToken);
            }
        );
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.IssuerKeys });
        await first.Task; // a change before its run begins is that run's, too
        pulse.Advance(TimeSpan.FromSeconds(4));
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.IssuerKeys });
        gates[0].SetResult();
        await second.Task;

        pulse.Advance(TimeSpan.FromSeconds(4));
        store.Changes.IsCurrent(ChangeTopics.IssuerKeys).ShouldBeTrue();
        pulse.Advance(TimeSpan.FromSeconds(2));
        store.Changes.IsCurrent(ChangeTopics.IssuerKeys).ShouldBeFalse();
        gates[1].SetResult();

        static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Fact]
    public async Task Counters_AfterRestart_AreTheLastOnes()
    {
        using var store = new StoreUnderTest(backend);
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.SigningKeys });
        await store.CommitAsync(store.Decide() with { Changes = ChangeTopics.SigningKeys | ChangeTopics.Feed });

        store.Restart();

        store.Changes.Counters[ChangeTopics.SigningKeys].ShouldBe(2);
        store.Changes.Counters[ChangeTopics.Feed].ShouldBe(1);
        store.Changes.Counters[ChangeTopics.Federation].ShouldBe(0);
    }

    private sealed class Counter(Task? until = null)
    {
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int runs;

        public int Runs => Volatile.Read(ref runs);

        public Task FirstRun => first.Task;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref runs);
            first.TrySetResult();
            await (until ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
    }
}
