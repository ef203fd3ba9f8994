using Culvert.Identity.Service.Storage;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public sealed class DerivedViewTests
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider time = new();
    private readonly CountedRevisions revisions = new();
    private readonly Lock gate = new();
    private readonly List<(long Revision, TaskCompletionSource<string> Result)> begun = [];

    [Fact]
    public async Task Get_ManyAtOnce_DerivesOnce()
    {
        var view = View();
        var calls = Enumerable.Range(0, 1000).Select(_ => Task.Run(() => view.GetAsync(Cancel).AsTask(), Cancel));
        var all = Task.WhenAll([.. calls]);

        await FinishAsync(1, "one");

        (await all).ShouldAllBe(text => text == "one");
        (await view.GetAsync(Cancel)).ShouldBe("one");
        begun.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Get_RevisionMovesMeanwhile_OneMoreServesAllWhoCameAfterIt()
    {
        var view = View();
        var early = view.GetAsync(Cancel).AsTask();
        await BegunAsync(1);
        revisions.Current++;
        var late = Enumerable.Range(0, 100).Select(_ => view.GetAsync(Cancel).AsTask()).ToList();

        begun.Count.ShouldBe(1, "one at a time");
        await FinishAsync(1, "old");
        (await early).ShouldBe("old");
        await FinishAsync(2, "new");

        (await Task.WhenAll(late)).ShouldAllBe(text => text == "new");
        begun.Select(derivation => derivation.Revision).ShouldBe([0L, 1L]);
    }

    [Fact]
    public async Task Get_DerivationHangs_AnotherOneServesAllWhoWait()
    {
        var view = View();
        var early = view.GetAsync(Cancel).AsTask();
        await BegunAsync(1);
        revisions.Current++;
        var late = view.GetAsync(Cancel).AsTask();

        time.Advance(TimeSpan.FromSeconds(2));
        await FinishAsync(2, "new");

        (await early).ShouldBe("new");
        (await late).ShouldBe("new");
        (await view.GetAsync(Cancel)).ShouldBe("new");
    }

    [Fact]
    public async Task Get_EveryDerivationHangs_NoMoreThanThreeRun()
    {
        // However far the clock leaps while it is waited for, the first one's result is not too old.
        var view = new DerivedView<string>(revisions, time, TimeSpan.FromDays(10_000), DeriveAsync);
        for (var count = 1; count <= 3; count++)
        {
            _ = view.GetAsync(Cancel).AsTask();
            await BegunAsync(count);
            time.Advance(TimeSpan.FromSeconds(2));
        }

        var last = view.GetAsync(Cancel).AsTask();
        time.Advance(TimeSpan.FromSeconds(2));
        begun.Count.ShouldBe(3);
        begun[0].Result.SetResult("the first after all");

        // Whenever it looks again, it finds the one that ended.
        await Eventually.UntilAsync(() => last.IsCompleted, Cancel, () => time.Advance(TimeSpan.FromSeconds(2)));

        (await last).ShouldBe("the first after all");
    }

    [Fact]
    public async Task Get_AfterAFault_DerivesAgain()
    {
        var view = View();
        var failing = view.GetAsync(Cancel).AsTask();
        await BegunAsync(1);
        begun[0].Result.SetException(new InvalidOperationException("away"));
        await Should.ThrowAsync<InvalidOperationException>(failing);

        var next = view.GetAsync(Cancel).AsTask();
        await FinishAsync(2, "back");

        (await next).ShouldBe("back");
    }

    [Fact]
    public async Task Get_CallerGivesUp_TheOthersGetTheirs()
    {
        var view = View();
        using var impatient = new CancellationTokenSource();
        var one = view.GetAsync(impatient.Token).AsTask();
        var other = view.GetAsync(Cancel).AsTask();
        await BegunAsync(1);

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(one);
        await FinishAsync(1, "still");

        (await other).ShouldBe("still");
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    public async Task Get_SameRevisionLater_IsDerivedAnewWhenOld(int seconds, int derivations)
    {
        var view = View();
        var first = view.GetAsync(Cancel).AsTask();
        await FinishAsync(1, "first");
        await first;
        time.Advance(TimeSpan.FromSeconds(seconds));

        var second = view.GetAsync(Cancel).AsTask();
        if (derivations == 2)
        {
            await FinishAsync(2, "second");
        }

        await second;
        begun.Count.ShouldBe(derivations);
    }

    [Fact]
    public async Task Get_WhatElseMustHoldDoesNot_IsDerivedAnew()
    {
        var view = new DerivedView<string>(revisions, time, Freshness, DeriveAsync, text => text != "stale");
        var first = view.GetAsync(Cancel).AsTask();
        await FinishAsync(1, "stale");
        (await first).ShouldBe("stale", "it held when it was begun");

        var second = view.GetAsync(Cancel).AsTask();
        await FinishAsync(2, "fresh");

        (await second).ShouldBe("fresh");
    }

    private DerivedView<string> View() => new(revisions, time, Freshness, DeriveAsync);

    private Task<string> DeriveAsync(long revision, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            begun.Add((revision, result));
        }

        return result.Task;
    }

    private Task BegunAsync(int count) =>
        Eventually.UntilAsync(
            () =>
            {
                lock (gate)
                {
                    return begun.Count >= count;
                }
            },
            Cancel
        );

    private async Task FinishAsync(int count, string text)
    {
        await BegunAsync(count);
        begun[count - 1].Result.SetResult(text);
    }

    private sealed class CountedRevisions : IRevisions
    {
        public long Current { get; set; }

        public bool IsCurrent => true;

        public ValueTask<bool> WaitBeyondAsync(long since, TimeSpan wait, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
