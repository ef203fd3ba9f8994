using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>One client's calls wait for one another while others call, and otherwise do not wait.</summary>
public sealed class FairQueueTests
{
    private static readonly ClientKey One = new("i", "one", IPAddress.Loopback);
    private static readonly ClientKey Other = new("i", "other", IPAddress.Loopback);

    private readonly FakeTimeProvider time = new();
    private readonly FairQueue turns;

    public FairQueueTests() => turns = new FairQueue(time);

    [Fact]
    public void Enter_OneClientAlone_NeverWaits()
    {
        var all = Enumerable.Range(0, 1000).Select(_ => Enter(One)).ToList();

        all.ShouldAllBe(call => call.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_ManyWhileOthersCall_BeginAsItsOwnEnd()
    {
        await Enter(Other);
        var free = Enumerable.Range(0, FairQueue.MaxUnanswered).Select(_ => Enter(One)).ToList();
        var (next, last) = (Enter(One), Enter(One));

        free.ShouldAllBe(call => call.IsCompletedSuccessfully);
        next.IsCompleted.ShouldBeFalse();
        End(await free[0]);
        await next;
        last.IsCompleted.ShouldBeFalse();
    }

    [Fact] // streams of events stay open for hours
    public async Task Enter_ManyThatAreBeingAnswered_HoldUpNoMore()
    {
        await Enter(Other);
        var streams = await Task.WhenAll(Enumerable.Range(0, FairQueue.MaxUnanswered).Select(_ => Enter(One)));
        foreach (var stream in streams)
        {
            turns.Answer(stream, 1);
        }

        var next = Enter(One);

        next.IsCompletedSuccessfully.ShouldBeTrue();
        (await next).Calls.Running.ShouldBe(FairQueue.MaxUnanswered + 1);
    }

    [Fact]
    public async Task Enter_WhileAnotherHasManyWaiting_DoesNotWait()
    {
        await Enter(Other);
        _ = Enumerable.Range(0, 100).Select(_ => Enter(One)).ToList();

        Enter(Other).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact] // slow calls do not flood the upstream: many may run, they only begin one after the other
    public async Task Step_ManyThatDoNotEnd_BeginOneByOne()
    {
        await Enter(Other);
        var all = Enumerable.Range(0, FairQueue.MaxUnanswered + 3).Select(_ => Enter(One)).ToList();

        time.Advance(FairQueue.Step);
        await all[FairQueue.MaxUnanswered];
        all[^2].IsCompleted.ShouldBeFalse();
        time.Advance(FairQueue.Step);
        time.Advance(FairQueue.Step);
        await Task.WhenAll(all);
        time.Advance(FairQueue.Step);
        time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Step_OthersHaveStopped_LetsEverybodyBegin()
    {
        await Enter(Other);
        var all = Enumerable.Range(0, 500).Select(_ => Enter(One)).ToList();

        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(FairQueue.Step);
        await Task.WhenAll(all);
    }

    [Fact]
    public async Task Enter_ClientLeavesWhileItWaits_TakesNobodysTurn()
    {
        await Enter(Other);
        var running = await Task.WhenAll(Enumerable.Range(0, FairQueue.MaxUnanswered).Select(_ => Enter(One)));
        using var leaves = new CancellationTokenSource();
        var (left, next) = (Enter(One, cancellationToken: leaves.Token), Enter(One));

        await leaves.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        End(running[0]);
        await next;
    }

    [Fact] // one at a time, however many could begin
    public async Task Enter_ManyWithLongHeaders_CountAsSeveral()
    {
        var heavy = FairQueue.GetWeight(new HeaderDictionary { ["x-much"] = new string('y', 48 * 1024) });
        await Enter(Other);
        var first = Enter(One, weight: heavy);
        var (next, light) = (Enter(One, weight: heavy), Enter(One));

        heavy.ShouldBe(FairQueue.MaxUnanswered);
        first.IsCompletedSuccessfully.ShouldBeTrue();
        next.IsCompleted.ShouldBeFalse();
        End(await first, heavy);
        await next;
        light.IsCompleted.ShouldBeFalse();
        End(await next, heavy);
        await light;
    }

    [Fact]
    public async Task Enter_OneWithLongHeadersAfterTheOther_NeverWaits()
    {
        await Enter(Other);
        for (var i = 0; i < 10; i++)
        {
            var call = Enter(One, weight: FairQueue.MaxUnanswered);
            call.IsCompletedSuccessfully.ShouldBeTrue();
            End(await call, FairQueue.MaxUnanswered);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(8 * 1024 - 7, 1)]
    [InlineData(8 * 1024 - 6, 2)]
    [InlineData(1024 * 1024, FairQueue.MaxUnanswered)]
    public void Weight_OfHeaders_GrowsWithTheirLength(int length, int weight)
    {
        FairQueue.GetWeight(new HeaderDictionary { ["x-much"] = new string('y', length) }).ShouldBe(weight);
    }

    [Fact] // a cancellation once stood behind the calls that it was to end
    public async Task Enter_ControlWhileCallsWait_DoesNotStandBehindThem()
    {
        await Enter(Other);
        _ = Enumerable.Range(0, 100).Select(_ => Enter(One)).ToList();

        var controls = Enumerable.Range(0, FairQueue.MaxUnanswered + 1).Select(_ => Control(One)).ToList();

        controls.SkipLast(1).ShouldAllBe(c => c.IsCompletedSuccessfully);
        controls[^1].IsCompleted.ShouldBeFalse();
        time.Advance(FairQueue.Step);
        await controls[^1];
    }

    [Fact] // both lanes together go no faster than one
    public async Task Step_BothLanesWait_OneOfThemBegins()
    {
        await Enter(Other);
        var calls = Enumerable.Range(0, FairQueue.MaxUnanswered + 1).Select(_ => Enter(One)).ToList();
        var controls = Enumerable.Range(0, FairQueue.MaxUnanswered + 1).Select(_ => Control(One)).ToList();

        time.Advance(FairQueue.Step);
        await controls[^1];
        calls[^1].IsCompleted.ShouldBeFalse();
        time.Advance(FairQueue.Step);
        await calls[^1];
        time.Advance(FairQueue.Step);
        time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task TryEnter_NoRoom_SaysSoAndCountsNothing()
    {
        await Enter(Other);
        turns.TryEnter(One, FairQueue.MaxUnanswered).ShouldNotBeNull();

        turns.TryEnter(One, 1).ShouldBeNull();

        Enter(One).IsCompleted.ShouldBeFalse();
        turns.TryEnter(Other, 1).ShouldNotBeNull();
    }

    private void End(FairQueue.Lane call, int weight = 1)
    {
        turns.Answer(call, weight);
        turns.Release(call);
    }

    private Task<FairQueue.Lane> Enter(
        ClientKey client,
        int weight = 1,
        CancellationToken cancellationToken = default
    ) => turns.EnterAsync(client, weight, isControl: false, cancellationToken).AsTask();

    private Task<FairQueue.Lane> Control(ClientKey client) =>
        turns.EnterAsync(client, 1, isControl: true, CancellationToken.None).AsTask();
}
