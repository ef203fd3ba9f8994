using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Fakes;

/// <summary>The clock that nearly every test uses.</summary>
public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<DateTimeOffset> fired = [];

    [Fact]
    public void Advance_ShortLeap_FiresEveryTickAtItsTime()
    {
        var start = time.GetUtcNow();
        using var timer = time.CreateTimer(Record, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromMinutes(10));

        fired.Count.ShouldBe(600);
        fired
            .Select((at, tick) => at - start - TimeSpan.FromSeconds(tick + 1))
            .ShouldAllBe(late => late == TimeSpan.Zero);
    }

    [Fact]
    public void Advance_LongLeap_FiresATimerInEachStepOnce()
    {
        var end = time.GetUtcNow() + TimeSpan.FromDays(7);
        using var timer = time.CreateTimer(Record, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using var atTheEnd = time.CreateTimer(Record, null, TimeSpan.FromDays(7), Timeout.InfiniteTimeSpan);
        using var after = time.CreateTimer(Record, null, TimeSpan.FromDays(8), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromDays(7));

        fired.Count.ShouldBeInRange(900, 1002);
        fired.ShouldBe(fired.Order());
        fired[^1].ShouldBe(end);
        time.PendingTimers.ShouldBe(2);
    }

    [Fact]
    public void Advance_LongLeap_FiresATimerAtMostAStepLate()
    {
        var start = time.GetUtcNow();
        using var timer = time.CreateTimer(Record, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromHours(10));

        (fired.ShouldHaveSingleItem() - start).ShouldBeInRange(
            TimeSpan.FromHours(1),
            TimeSpan.FromHours(1) + TimeSpan.FromHours(10) / 1000
        );
    }

    private void Record(object? state) => fired.Add(time.GetUtcNow());
}
