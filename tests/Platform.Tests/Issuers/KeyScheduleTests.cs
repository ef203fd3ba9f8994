using Culvert.Platform.Issuers;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Issuers;

public sealed class KeyScheduleTests
{
    private const int Hour = 3600;
    private const int Day = 24 * Hour;

    // Every boundary belongs to the worse side.
    [Theory]
    [InlineData(0, "Fresh")]
    [InlineData(599, "Fresh")]
    [InlineData(600, "StaleOk")]
    [InlineData(Day - 1, "StaleOk")]
    [InlineData(Day, "Degraded")]
    [InlineData((7 * Day) - 1, "Degraded")]
    [InlineData(7 * Day, "HardExpired")]
    public void StateOf_ByAge(int seconds, string expected) =>
        $"{State(seconds, freshFor: 600, staleOk: Day)}".ShouldBe(expected);

    [Fact]
    public void StateOf_SourceThatAsksForADay_IsFreshBeyondStaleOk()
    {
        $"{State(Hour, freshFor: 2 * Hour, staleOk: Hour)}".ShouldBe("Fresh");
        $"{State(2 * Hour, freshFor: 2 * Hour, staleOk: Hour)}".ShouldBe("Degraded");
    }

    [Fact]
    public void StateOf_ClockSetBack_LivesNoLonger() => $"{State(-Hour, 600, Day)}".ShouldBe("Fresh");

    [Theory]
    [InlineData(null, 600)]
    [InlineData(0, 60)]
    [InlineData(59, 60)]
    [InlineData(61, 61)]
    [InlineData(Day, Day)]
    [InlineData(Day + 1, Day)]
    public void FreshFor_WhatTheSourceSays_WithinBounds(int? said, int expected) =>
        KeySchedule
            .FreshFor(said is { } s ? TimeSpan.FromSeconds(s) : null, TimeSpan.FromSeconds(600))
            .ShouldBe(TimeSpan.FromSeconds(expected));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 30)]
    [InlineData(3, 300)]
    [InlineData(4, 300)]
    [InlineData(int.MaxValue, 300)]
    public void AfterFailures_GrowsToFiveMinutes(int failures, int seconds) =>
        KeySchedule.AfterFailures(failures).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(0.0, 90)]
    [InlineData(0.5, 100)]
    [InlineData(0.999999, 110)]
    public void Spread_IsTenPercentEitherWay(double unit, int expected) =>
        KeySchedule.Spread(TimeSpan.FromSeconds(100), unit).TotalSeconds.ShouldBe(expected, 0.001);

    private static KeyState State(int age, int freshFor, int staleOk) =>
        KeySchedule.GetState(
            TimeSpan.FromSeconds(age),
            TimeSpan.FromSeconds(freshFor),
            TimeSpan.FromSeconds(staleOk),
            TimeSpan.FromDays(7)
        );
}
