using Culvert.Platform.Timing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Timing;

public sealed class BackoffTests
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(1, 250)]
    [InlineData(2, 500)]
    [InlineData(6, 8000)]
    [InlineData(7, 10_000)]
    [InlineData(1000, 10_000)]
    [InlineData(long.MaxValue, 10_000)]
    public void After_Failures_DoublesUpToTheLongest(long failures, int milliseconds) =>
        Waits.After(failures).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData(1, 0, 125)]
    [InlineData(1, 1, 250)]
    [InlineData(2, 0.5, 375)]
    [InlineData(1000, 0, 5000)]
    public void After_WithJitter_IsHalfToAllOfTheWait(long failures, double unit, int milliseconds) =>
        Waits.After(failures, unit).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void After_FirstBeyondTheLongest_IsTheLongest() =>
        new Backoff(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1)).After(1).ShouldBe(TimeSpan.FromSeconds(1));

    [Fact]
    public void Unit_Always_IsFromZeroToBelowOne() =>
        Enumerable.Range(0, 1000).Select(_ => Jitter.Unit()).ShouldAllBe(unit => unit >= 0 && unit < 1);
}
